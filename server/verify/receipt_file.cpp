// See receipt_file.hpp. The forms are those of schema/json: receipt, batch, change, and the answers to writes (verify/beside.hpp).
#include "verify/receipt_file.hpp"
#include "domain/event.hpp"
#include "json/closed.hpp"
#include "json/parse.hpp"
#include "ledger/merkle.hpp"
#include "ledger/opening.hpp"
#include "ledger/receipt.hpp"
#include "verify/beside.hpp"
#include "verify/reading.hpp"
#include <algorithm>
#include <exception>
#include <stdexcept>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::EventKind;

// The sentence says where and what.
struct NotGenuine : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr const char* no_accepted_form = "it is no receipt, and no answer that holds one";

bool is_receipt(const Json& value) { return json::is_closed(value, {"checkpoint", "entry", "index", "proof", "v"}); }

// A receipt that is null has no opening: what was written is no entry.
bool is_pair(const Json& value, std::initializer_list<std::string_view> optional)
{
    if (!json::is_closed(value, {"opening", "receipt"}, optional))
        return false;
    return !value.at("receipt").is_null() || value.at("opening").is_null();
}

bool is_receipted(const Json& value) { return json::is_closed(value, {"receipt"}) || is_pair(value, {"publication"}); }

bool is_written(const Json& value)
{
    if (!is_pair(value, {"content", "id", "limits", "meta", "openings", "salt"}) || !value.contains("id") || !value.at("id").is_string())
        return false;
    const bool shows = value.contains("content");
    if (value.contains("salt") != shows || value.contains("meta") != shows ||
        (shows && (!value.at("meta").is_object() || !has_known_members(value.at("meta")))))
        return false;
    return !value.contains("openings") || value.at("openings").is_array();
}

bool is_proven_change(const Json& value) { return json::is_closed(value, {"entry", "leaf_hash", "opening", "receipt", "seq"}); }
bool is_fed_change(const Json& value) { return json::is_closed(value, {"entry", "leaf_hash", "opening", "record", "seq"}); }

bool is_tombstone(const Json& value)
{
    return json::is_closed(value, {"leaf_hash", "seq", "subject", "tombstone"}) && value.at("tombstone") == true &&
           json::is_closed(value.at("subject"), {"id", "kind"});
}

bool is_batch_item(const Json& item)
{
    if (!json::is_closed(item, {"errors", "item", "outcome", "receipts", "state", "subject"}, {"line"}))
        return false;
    const auto &errors = item.at("errors"), &receipts = item.at("receipts"), &subject = item.at("subject");
    return errors.is_array() && receipts.is_array() && (subject.is_null() || json::is_closed(subject, {"id", "kind"})) &&
           std::all_of(errors.begin(), errors.end(),
                       [](const Json& error) {
                           return json::is_closed(error, {"code", "detail", "pointer"}, {"column", "item", "line"});
                       }) &&
           std::all_of(receipts.begin(), receipts.end(), [](const Json& each) { return is_pair(each, {}); });
}

bool is_batch(const Json& value)
{
    if (!json::is_closed(value, {"content", "id"}) ||
        !json::is_closed(value.at("content"), {"accepted", "created_at", "goal", "items", "known", "mode", "refused", "waiting"}))
        return false;
    const auto& items = value.at("content").at("items");
    return items.is_array() && std::all_of(items.begin(), items.end(), is_batch_item);
}

bool is_list(const Json& value)
{
    return (json::is_closed(value, {"items"}) || json::is_closed(value, {"complete_up_to", "items", "next"})) &&
           value.at("items").is_array();
}

std::string item_place(std::size_t index) { return "item " + std::to_string(index + 1); }

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

// "CL", "office secretariat", "the portal": whom the entry concerns.
std::string home_in_words(const Json& entry)
{
    std::string text = entry.at("state").is_string() ? entry.at("state").get<std::string>() : "";
    if (entry.contains("office"))
        text.append(text.empty() ? "" : ", ").append("office ").append(entry.at("office").get_ref<const std::string&>());
    return text.empty() ? "the portal" : text;
}

std::string recipients_in_words(const Json& list) { return list.empty() ? "nobody else" : joined(list.get<std::vector<std::string>>()); }

// What stood behind the account of the State that acted; empty: another form of authority than is known here.
std::string authority_in_words(const Json& authority)
{
    const auto by = authority.at("by").get<std::string>();
    if (by == "note_verbale")
        return "by note verbale " + authority.value("number", "") + " of " + authority.value("date", "");
    if (by == "nominating_authority")
        return "by its nominating authority";
    if (by == "operator")
        return "by the operator";
    return by == "demonstration" ? "for a demonstration" : "";
}

std::string about_in_words(const Json& entry, const Json& opening)
{
    const auto& subject = entry.at("subject");
    std::string text = "entry " + std::to_string(entry.at("seq").get<std::int64_t>()) + " (" + entry.at("kind").get<std::string>() + ", " +
                       entry.at("at").get<std::string>() + ") of " + home_in_words(entry) + " about " +
                       subject.at("kind").get<std::string>() + " " + subject.at("id").get<std::string>() + ", version " +
                       std::to_string(entry.at("version").get<std::int64_t>());
    if (entry.contains("revision"))
        text.append(", revision ").append(std::to_string(entry.at("revision").get<std::int64_t>()));
    if (entry.contains("audience"))
        text.append(", ").append(entry.at("audience").at("label").get_ref<const std::string&>());
    if (opening.is_object() && opening.contains("recipients"))
        text.append(", for ").append(recipients_in_words(opening.at("recipients").at("list")));
    return text;
}

std::string opening_in_words(const Json& opening)
{
    if (opening.is_null())
        return "; what it commits to is not shown";
    std::string text = "; what is shown is what it commits to";
    if (opening.contains("actor"))
        text.append("; by account ").append(opening.at("actor").at("account").get_ref<const std::string&>());
    const auto authority = opening.contains("authority") ? authority_in_words(opening.at("authority")) : std::string();
    return authority.empty() ? text : text.append("; the account acted ").append(authority);
}

class ReceiptFile {
public:
    ReceiptFile(const std::vector<ledger::VerifierKey>& log_keys, const StateKeys& state_keys)
        : log_keys_(log_keys), state_keys_(state_keys)
    {
    }

    std::vector<std::string> judge(const Json& file)
    {
        if (file.is_array())
            check_items(file);
        else if (is_list(file))
            check_items(file.at("items"));
        else if (is_batch(file))
            check_batch(file.at("content").at("items"));
        else
            check_one(file, "");
        if (sentences_.empty())
            throw NotGenuine("it holds no receipt");
        if (is_batch(file))
            sentences_.emplace_back("not vouched for: what else the answer of the batch says");
        if (is_list(file) && file.size() > 1)
            sentences_.emplace_back("not vouched for: complete_up_to, next");
        return std::move(sentences_);
    }

private:
    void check_items(const Json& items)
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            check_one(items[i], item_place(i) + ": ");
    }

    void check_one(const Json& value, const std::string& place)
    {
        if (is_receipt(value))
            return say(value, nullptr, prove(value, place), {});
        if (is_receipted(value))
            return check_receipted(value, place);
        if (is_written(value))
            return check_written(value, place);
        if (is_proven_change(value))
            return check_change(value, place);
        if (is_fed_change(value))
            throw NotGenuine(place + "nothing in it is signed: a page of the change feed holds no receipts");
        if (!is_tombstone(value))
            throw NotGenuine(place + no_accepted_form);
    }

    // Receipt and opening alone; a publication only with the receipt of a change of audience.
    void check_receipted(const Json& value, const std::string& place)
    {
        const Json none;
        const auto& receipt = value.at("receipt");
        if (receipt.is_null()) {
            if (value.contains("publication"))
                throw NotGenuine(place + no_accepted_form);
            return;
        }
        const auto& opening = value.contains("opening") ? value.at("opening") : none;
        const auto origin_and_size = prove(receipt, place);
        check_opening(receipt, opening, origin_and_size.origin, place);
        say(receipt, opening, origin_and_size, {});
        if (value.contains("publication"))
            check_publication(value.at("publication"), receipt.at("entry"), place + "the publication: ");
    }

    void check_publication(const Json& publication, const Json& change, const std::string& place)
    {
        const bool is_change = change.at("kind") == domain::row_of(EventKind::report_label_changed).name ||
                               change.at("kind") == domain::row_of(EventKind::report_recipients_changed).name;
        if (!is_change || !is_pair(publication, {}) || publication.at("receipt").is_null())
            throw NotGenuine(place + no_accepted_form);
        check_receipted(publication, place);
        const auto& entry = publication.at("receipt").at("entry");
        const bool is_of_change = entry.at("kind") == domain::row_of(EventKind::report_published).name &&
                                  entry.at("subject") == change.at("subject") &&
                                  entry.value("revision", Json()) == change.value("revision", Json()) && entry.at("seq") < change.at("seq");
        if (!is_of_change)
            throw NotGenuine(place + "it is not the publication that the change is about");
    }

    void check_written(const Json& answer, const std::string& place)
    {
        const auto& receipt = answer.at("receipt");
        const auto& opening = answer.at("opening");
        if (receipt.is_null())
            return;
        const auto origin_and_size = prove(receipt, place);
        check_opening(receipt, opening, origin_and_size.origin, place);
        const auto& entry = receipt.at("entry");
        const auto beside = judge_beside(answer, entry, opening);
        if (!beside.differing.empty())
            throw NotGenuine(place + "what stands beside the opening is not what it says: " + beside.differing);
        say(receipt, opening, origin_and_size, beside.unvouched);
        if (answer.contains("openings"))
            check_openings(answer.at("openings"), answered_subject(entry, opening), place);
    }

    void check_openings(const Json& openings, const std::string& subject, const std::string& outer)
    {
        for (std::size_t i = 0; i < openings.size(); ++i) {
            const auto place = outer + "opening " + std::to_string(i + 1) + ": ";
            if (!is_pair(openings[i], {}) || openings[i].at("receipt").is_null())
                throw NotGenuine(place + no_accepted_form);
            check_receipted(openings[i], place);
            if (openings[i].at("receipt").at("entry").at("subject").at("id") != subject)
                throw NotGenuine(place + "it is of another record");
        }
    }

    void check_batch(const Json& items)
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            for (std::size_t k = 0; k < items[i].at("receipts").size(); ++k) {
                const auto place = item_place(i) + ", receipt " + std::to_string(k + 1) + ": ";
                const auto& each = items[i].at("receipts")[k];
                check_receipted(each, place);
                if (!each.at("receipt").is_null() && each.at("receipt").at("entry").at("subject") != items[i].at("subject"))
                    throw NotGenuine(place + "it is of another record");
            }
    }

    // As a line of an export has it.
    void check_change(const Json& change, const std::string& place)
    {
        const auto& receipt = change.at("receipt");
        const auto& opening = change.at("opening");
        const auto origin_and_size = prove(receipt, place);
        if (receipt.at("entry") != change.at("entry"))
            throw NotGenuine(place + "its receipt is of another entry");
        const auto leaf = ledger::leaf_hash(json::canonical(change.at("entry")));
        if (change.at("seq") != change.at("entry").at("seq") || ledger::hash_in(change.at("leaf_hash")) != leaf)
            throw NotGenuine(place + "its leaf hash is not that of the entry");
        check_opening(receipt, opening, origin_and_size.origin, place);
        say(receipt, opening, origin_and_size, {});
    }

    // The tree in which the entry stands.
    ledger::Checkpoint prove(const Json& receipt, const std::string& place) const
    {
        using ledger::ReceiptFault;
        const auto wrong = [&place](const char* what) { throw NotGenuine(place + what); };
        switch (ledger::verify_receipt(receipt, nullptr, log_keys_)) {
        case ReceiptFault::none: break;
        case ReceiptFault::malformed: wrong("it has not the form of a receipt"); break;
        case ReceiptFault::wrong_index: wrong("the entry's own number is not its position in the log"); break;
        case ReceiptFault::bad_signature: wrong("its checkpoint is not signed by a key that you gave"); break;
        case ReceiptFault::not_included: wrong("the entry does not stand in the tree that the log signed"); break;
        case ReceiptFault::wrong_opening: std::terminate();  // none was given
        }
        const auto& note = receipt.at("checkpoint").get_ref<const std::string&>();
        return ledger::parse_checkpoint_text(note.substr(0, note.rfind("\n\n") + 1)).value();
    }

    void check_opening(const Json& receipt, const Json& opening, const std::string& origin, const std::string& place) const
    {
        if (opening.is_null())
            return;
        const auto faults = faults_in_opening(receipt.at("entry"), opening, origin, state_keys_);
        if (!faults.empty())
            throw NotGenuine(place + faults.front());
    }

    void say(const Json& receipt, const Json& opening, const ledger::Checkpoint& in, const std::vector<std::string>& unvouched)
    {
        const auto& entry = receipt.at("entry");
        auto text = "genuine: " + about_in_words(entry, opening);
        text.append(", in the log ").append(in.origin).append(" of size ").append(std::to_string(in.size));
        text.append(opening_in_words(opening));
        if (const auto word = state_word(entry, opening, state_keys_); !word.empty())
            text.append("; ").append(word);
        if (!unvouched.empty())
            text.append("; not vouched for: ").append(joined(unvouched));
        sentences_.push_back(text.append("; it may have been superseded since"));
    }

    const std::vector<ledger::VerifierKey>& log_keys_;
    const StateKeys& state_keys_;
    std::vector<std::string> sentences_;
};

}  // namespace

std::string ReceiptVerdict::summary() const
{
    if (!ok())
        return "NOT genuine: " + fault + "\n";
    std::string text;
    for (const auto& line : lines)
        text.append(line).append("\n");
    return text;
}

ReceiptVerdict judge_receipts(std::string_view text, const std::vector<ledger::VerifierKey>& log_keys, const StateKeys& state_keys)
{
    const auto file = strict_json(text);
    if (!file)
        return {.lines = {}, .fault = "it is not JSON as the portal writes it"};
    try {
        return {.lines = ReceiptFile(log_keys, state_keys).judge(*file), .fault = {}};
    } catch (const NotGenuine& wrong) {
        return {.lines = {}, .fault = wrong.what()};
    }
}

ReceiptVerdict verify_receipt_file(const std::string& path, const std::vector<ledger::VerifierKey>& log_keys, const StateKeys& state_keys)
{
    return judge_receipts(read_bounded(path, max_receipt_file_bytes), log_keys, state_keys);
}

}  // namespace cbmx::service
