// See beside.hpp. The members that an answer has: schema/json, and api/represent.cpp.
#include "verify/beside.hpp"
#include "domain/event.hpp"
#include "json/closed.hpp"
#include "json/schema.hpp"
#include "ledger/opening.hpp"
#include "ledger/receipt.hpp"
#include <algorithm>
#include <set>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::EventKind;

bool is_of(const Json& entry, EventKind kind) { return entry.at("kind") == domain::row_of(kind).name; }

bool is_about_proposal(const Json& entry) { return entry.at("subject").at("kind") == domain::name_of(domain::Subject::proposal); }

bool is_proposal(const Json& content)
{
    return json::is_closed(content, {"body", "by_secretariat", "created_at", "credential", "decided_by", "due_at", "home", "kind",
                                     "proposed_by", "status", "subject"});
}

// nullptr: it is not there.
const Json* find(const Json& object, std::string_view name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? &*found : nullptr;
}

// null: it is not there.
const Json& member(const Json& object, std::string_view name)
{
    static const Json none;
    const auto* found = find(object, name);
    return found == nullptr ? none : *found;
}

class BesideCheck {
public:
    BesideCheck(const Json& answer, const Json& entry, const Json& opening) : answer_(answer), entry_(entry), opening_(opening) {}

    Beside run()
    {
        if (member(answer_, "id") == entry_.at("subject").at("id")) {
            check_content();
            for (const auto& [name, value] : meta().items())
                check_meta(name, value);
        } else if (!is_of_another_record()) {
            differs("id");
        }
        name_unless_null("limits", member(answer_, "limits"));
        std::sort(found_.unvouched.begin(), found_.unvouched.end());
        return std::move(found_);
    }

private:
    const Json& meta() const
    {
        static const Json none = Json::object();
        return answer_.contains("meta") ? answer_.at("meta") : none;
    }
    const Json& record() const { return member(opening_, "record"); }

    void differs(const std::string& name)
    {
        if (found_.differing.empty())
            found_.differing = name;
    }
    void name_unless_null(const std::string& name, const Json& value)
    {
        if (!value.is_null())
            found_.unvouched.push_back(name);
    }
    void expect(const std::string& name, bool is_right)
    {
        if (!is_right)
            differs(name);
    }

    // Its receipt is of what was done to another record: the proposal to erase this one, or the effect of a proposal. Then nothing
    // speaks for what it shows.
    bool is_of_another_record()
    {
        const bool is_scheduled =
            is_of(entry_, EventKind::proposal_scheduled) && record().is_object() && member(record(), "subject") == member(answer_, "id");
        const auto& content = member(answer_, "content");
        const bool is_confirmed = ((content.is_null() && opening_.is_null()) || is_proposal(content)) && !is_about_proposal(entry_);
        if (!is_scheduled && !is_confirmed)
            return false;
        if (!is_scheduled)
            found_.unvouched.emplace_back("id");
        for (const char* name : {"content", "salt"})
            name_unless_null(name, member(answer_, name));
        for (const auto& [name, value] : meta().items())
            name_unvouched_meta(name, value);
        return true;
    }

    void name_unvouched_meta(const std::string& name, const Json& value)
    {
        const bool says_nothing = value.is_null() || (name == "notices" && value == Json::array());
        if (!says_nothing)
            found_.unvouched.push_back("meta." + name);
    }

    bool is_committed(const Json& salt, const Json& content) const
    {
        const auto bytes = ledger::hash_in(salt);
        const auto text = ledger::committed_text(content);
        return bytes && text &&
               ledger::commitment(ledger::Part::commitment, entry_.at("kind").get_ref<const std::string&>(),
                                  entry_.at("seq").get<std::int64_t>(), *bytes, *text) == ledger::hash_in(entry_.at("commitment"));
    }

    void check_content()
    {
        const auto& content = member(answer_, "content");
        const auto& salt = member(answer_, "salt");
        if (content.is_null())
            return expect("salt", salt.is_null());
        if (opening_.is_null()) {
            is_content_proven_ = is_committed(salt, content);
            return expect("content", is_content_proven_);
        }
        is_content_proven_ = content == opening_.at(opening_.contains("content") ? "content" : "record");
        if (is_content_proven_)
            return expect("salt", salt.is_null() || salt == opening_.at("salt"));
        if (opening_.contains("content") || salt == opening_.at("salt"))
            return differs("content");
        found_.unvouched.emplace_back("content");  // of an earlier entry, which this receipt is not of
        name_unless_null("salt", salt);
    }

    // What the entry or the opening says of a member of meta; nullptr: neither says anything.
    const Json* said_of(const std::string& name) const
    {
        if (name == "version" || name == "state" || name == "revision")
            return find(entry_, name);
        if (name == "label")
            return find(member(entry_, "audience"), name);
        if (name == "recipients")
            return find(member(opening_, name), "list");
        if (name == "changed_seq")
            return find(entry_, "seq");
        if (name == "seq" || name == "content_seq")
            return is_content_proven_ ? find(entry_, "seq") : nullptr;
        return name == "workflow_state" ? step() : find(record(), name);
    }

    const Json* step() const
    {
        static const Json submitted = "submitted", published = "published";
        if (is_of(entry_, EventKind::report_submitted))
            return &submitted;
        if (is_of(entry_, EventKind::report_published))
            return &published;
        const auto* of_record = find(record(), "record_state");
        return of_record == nullptr ? find(record(), "draft_state") : of_record;
    }

    // meta.recipients names who reads; the entry's list also says from which revision on: "state:PE#2".
    static Json readers_of(Json list)
    {
        for (auto& reader : list)
            if (reader.is_string())
                reader = reader.get<std::string>().substr(0, reader.get_ref<const std::string&>().find('#'));
        return list;
    }

    void check_meta(const std::string& name, const Json& value)
    {
        const auto* said = said_of(name);
        if (said == nullptr)
            return name_unvouched_meta(name, value);
        expect("meta." + name, value == (name == "recipients" ? readers_of(*said) : *said));
    }

    const Json &answer_, &entry_, &opening_;
    bool is_content_proven_ = false;
    Beside found_;
};

// Of every answer that comes with a receipt.
const std::set<std::string>& names_in_meta()
{
    static const auto names = [] {
        std::set<std::string> found;
        const auto& schemas = json::SchemaSet::embedded();
        const auto& shared = schemas.document("common").at("$defs");
        for (const auto& name : schemas.names()) {
            const auto& members = member(schemas.document(name), "properties");
            const auto* meta = find(members, "meta");
            if (meta == nullptr || !members.contains("receipt"))
                continue;
            const auto reference = meta->value("$ref", std::string());
            const auto& form = reference.empty() ? *meta : shared.at(reference.substr(reference.rfind('/') + 1));
            for (const auto& [each, schema] : form.at("properties").items())
                found.insert(each);
        }
        return found;
    }();
    return names;
}

}  // namespace

bool has_known_members(const Json& meta)
{
    return std::all_of(meta.items().begin(), meta.items().end(), [](const auto& each) { return names_in_meta().contains(each.key()); });
}

Beside judge_beside(const Json& answer, const Json& entry, const Json& opening) { return BesideCheck(answer, entry, opening).run(); }

std::string answered_subject(const Json& entry, const Json& opening)
{
    const auto& named = is_about_proposal(entry) ? member(member(opening, "record"), "subject") : entry.at("subject").at("id");
    return named.is_string() ? named.get<std::string>() : std::string();
}

}  // namespace cbmx::service
