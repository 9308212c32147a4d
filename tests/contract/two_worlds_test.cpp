// What may not be seen leaves no trace (rules.md 13). Two portals with the same randomness: in the one CL does what
// others may not see, in the other BR does the same on another measure, so that the ledgers are equally long. Every read
// of the route table is asked in both; the answers must be the same bytes, once the hashes, proofs and signatures that
// cover hidden positions are masked at their own length.
#include "base/archive/reader.hpp"
#include "contract/route_walk.hpp"
#include "domain/quotas.hpp"
#include "support/state_client.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <unistd.h>

namespace cbmx::test {
namespace {

using nlohmann::json;
const std::string canary = "PLATYPUS";  // stands in all that is hidden

struct World {
    explicit World(bool log_at_once = true, std::map<std::string, std::string> settings = {})
        : portal(std::make_unique<TestPortal>(
              PortalOptions{.seed = 7, .log_at_once = log_at_once, .directory = {}, .settings = std::move(settings)}))
    {
    }
    std::unique_ptr<TestPortal> portal;
    std::set<std::int64_t> hidden;  // positions
    std::vector<std::string> ids;   // of what is hidden
    As as(const Who& who) { return portal->as(who); }
    // Everything that the work appends is hidden.
    template <class Work>
    void hide(const Work& work)
    {
        const auto from = static_cast<std::int64_t>(portal->ledger_size());
        work();
        for (auto seq = from; seq < static_cast<std::int64_t>(portal->ledger_size()); ++seq)
            hidden.insert(seq);
    }
};

json hidden_report(const std::string& measure, const char* label)
{
    return a_report(
        {{"measure", measure}, {"label", label}, {"status", "planned"}, {"language", "pt"}, {"narrative", canary}, {"tags", {"platypus"}}});
}

void everyone_is_there(World& world)
{
    for (const char* state : {"BR", "CL", "PE"})
        for (const auto& who : {nominator_of(state), drafter_of(state), approver_of(state), contact_of(state), drafter_of(state, "other"),
                                Who{"state:" + std::string(state), {"approver"}, "named"}})
            world.portal->token_of(who);
    for (const auto& who : {secretariat(), reviewer(), chair(), vice_chair()})
        world.portal->token_of(who);
    for (const char* state : {"BR", "CL", "PE"})
        world.portal->published(state);
    std::uint64_t seed = 70;
    for (const char* state : {"BR", "CL"})
        world.portal->state_key(state, body_of(brought(base::Ed25519Key::generate(seeded_random(++seed)), "state:" + std::string(state))));
}

// All shapes of what a State keeps to itself, each left in its own condition.
void keep_to_itself(World& world, const std::string& state, const std::string& measure)
{
    auto& portal = *world.portal;
    const auto drafter = drafter_of(state), nominator = nominator_of(state), approver = approver_of(state);
    world.ids.push_back(portal.draft(state, hidden_report(measure, "TLP:CLEAR")));
    portal.hold_offices();
    world.hide([&] {
        world.ids.push_back(portal.submitted(state, hidden_report(measure, "TLP:CLEAR")));
        for (const char* step : {"", "return", "label", "recipients", "revise", "withdraw", "erase"}) {
            const std::string what = step;
            const auto id = what == "return" ? portal.submitted(state, hidden_report(measure, "TLP:GREEN"))
                                             : portal.published(state, hidden_report(measure, "TLP:AMBER+STRICT"));
            world.ids.push_back(id);
            if (what == "return")
                world.as(approver).post(path_of(id, "return"), {{"reason", canary}}).is(200);
            if (what == "label")  // wider: waits as a proposal
                world.as(approver).post(path_of(id, "label"), {{"label", "TLP:CLEAR"}}).is(202);
            if (what == "recipients")
                world.as(approver).post(path_of(id, "recipients"), {{"recipients", {"office:chair"}}}).is(202);
            if (what == "revise")
                world.as(drafter).post(path_of(id, "revise")).is(201);
            if (what == "withdraw" || what == "erase")
                world.as(approver).post(path_of(id, "withdraw")).is(200);
            if (what == "erase")
                portal.erased(state, id, {"state:" + state, {"approver"}, "named"});
        }
        auto red = hidden_report(measure, "TLP:RED");
        const Who named{"state:" + state, {"approver"}, "named"};
        red["recipients"] = {"account:" + world.as(drafter).account(), "account:" + world.as(named).account()};
        const auto id = portal.submitted(state, red);
        world.ids.push_back(id);
        world.as(named).post(path_of(id, "publish")).is(200);
        const auto account = world.as(nominator).post("/v1/accounts", {{"name", canary}, {"roles", {"drafter"}}}).created_id();
        world.as(nominator).patch("/v1/accounts/" + account, {{"name", canary + " II"}}).is(200);
        const auto held = portal.enrolled(nominator, account, {{"label", canary}});
        const auto credential = held.id;
        const auto me = world.as(anyone()).get("/v1/me", {{"Authorization", "Bearer " + held.secret}}).is(200).json();
        const auto used = world.as(nominator).get("/v1/credentials/" + credential).json()["content"]["enrolment"].get<std::string>();
        world.as(drafter).post("/v1/enrolments/" + used + "/attest", {{"check_words", me["credential"]["check_words"]}}).is(200);
        const auto enrolment =
            world.as(nominator).post("/v1/accounts/" + account + "/credentials", an_enrolment({{"label", canary}})).created_id();
        const auto delegation =
            world.as(drafter)
                .post("/v1/delegations",
                      {{"delegate", account}, {"roles", {"drafter"}}, {"until", domain::to_rfc3339(portal.now() + std::chrono::days(3))}})
                .created_id();
        auto key = body_of(brought(base::Ed25519Key::generate(seeded_random(7)), "state:" + state));
        key["label"] = canary;
        const auto proposed_key = world.as(nominator).post("/v1/signing-keys", key).is(202).json().at("id").get<std::string>();
        world.as(nominator).patch("/v1/states/" + state + "/settings", {{"require_signature", true}, {"one_holder", true}}).is(200);
        world.as(nominator).patch("/v1/states/" + state + "/settings", {{"four_eyes", false}}).is(202);
        world.as(nominator).post("/v1/credentials/" + credential + "/revoke").is(200);
        const auto reset = world.as(nominator).post("/v1/accounts/" + account + "/reset", an_enrolment({{"label", canary}})).created_id();
        for (const auto& made : {account, credential, used, enrolment, reset, delegation, proposed_key})
            world.ids.push_back(made);
    });
    portal.published("PE");  // what everyone sees goes on behind it
    for (int i = 0; i < 3; ++i)
        world.as(anyone()).get("/healthz");
}

std::string masked(std::string text) { return std::string(text.size(), '#'); }

// A signed note: root hash and signatures cover every position; origin, size and length do not.
std::string masked_note(const std::string& note)
{
    std::string result;
    std::size_t line_number = 0, begin = 0;
    for (std::size_t end; (end = note.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const auto line = note.substr(begin, end - begin);
        result += (++line_number == 3 || line.starts_with("— ") ? masked(line) : line) + "\n";
    }
    return result + note.substr(begin);
}

void mask(json& value, const std::set<std::int64_t>& hidden)
{
    if (value.is_array())
        for (auto& item : value)
            mask(item, hidden);
    if (!value.is_object())
        return;
    const auto position = value.contains("seq") ? value["seq"] : value.contains("index") ? value["index"] : json();
    if (value.contains("leaf_hash") && position.is_number() && hidden.contains(position.get<std::int64_t>()))
        value["leaf_hash"] = masked(value["leaf_hash"].get<std::string>());
    for (auto& [name, member] : value.items()) {
        if (name == "proof" && member.is_array() && !value.contains("type"))
            for (auto& hash : member)
                hash = json(masked(hash.get<std::string>()));
        else if (name == "checkpoint" && member.is_string())
            member = masked_note(member.get<std::string>());
        else
            mask(member, hidden);
    }
}

// Every file of an export, by path.
std::map<std::string, std::string> unpacked(const std::string& bytes)
{
    const auto file = std::filesystem::temp_directory_path() / ("cbmx-two-worlds-" + std::to_string(getpid()) + ".zip");
    std::ofstream(file, std::ios::binary) << bytes;
    std::map<std::string, std::string> files;
    {
        const base::ArchiveReader archive(file);
        for (const auto& path : archive.paths())
            files[path] = archive.text(path, 1 << 30);
    }
    std::filesystem::remove(file);
    return files;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// The size that an export goes on from: a line before the hash of the sums.
std::int64_t after_of(const std::string& manifest)
{
    const auto lines = lines_of(manifest.substr(0, manifest.find("\n\n")));
    return lines.size() == 8 ? std::stoll(lines[6]) : 0;
}

std::string masked_file(const std::string& path, const std::string& text, std::int64_t after, const std::set<std::int64_t>& hidden)
{
    const std::int64_t sums = after == 0 ? 6 : 7;
    if (path == "checkpoint")
        return masked_note(text);
    std::string result;
    std::int64_t number = 0;
    for (auto& line : lines_of(text)) {
        if (path == "edge" || (path == "leaves" && hidden.contains(after + number)))
            line = masked(line);
        if (path == "manifest" && (number == 3 || number == sums || line.starts_with("— ")))  // root, hash of the sums, signature
            line = masked(line);
        if (path == "changes.ndjson") {
            auto change = json::parse(line);
            mask(change, hidden);
            line = change.dump();
        }
        result += line + "\n";
        ++number;
    }
    return result;
}

// Hashes of files that had to be masked are masked as well.
std::string masked_export(const std::string& bytes, const std::set<std::int64_t>& hidden)
{
    std::string result;
    std::set<std::string> changed;
    const auto files = unpacked(bytes);
    const auto after = after_of(files.at("manifest"));
    for (const auto& [path, text] : files)
        if (path != "SHA256SUMS") {
            const auto shown = masked_file(path, text, after, hidden);
            if (shown != text)
                changed.insert(path);
            result += "== " + path + "\n" + shown;
        }
    for (auto line : lines_of(files.at("SHA256SUMS"))) {
        constexpr std::size_t digits = 64;
        if (changed.contains(line.substr(digits + 2)))
            line.replace(0, digits, digits, '#');
        result += line + "\n";
    }
    return result;
}

// What a search for hidden words has to look through.
std::string readable(const Reply& reply)
{
    if (reply.field("Content-Type") != "application/zip")
        return reply.body();
    std::string all;
    for (const auto& [path, text] : unpacked(reply.body()))
        all += path + "\n" + text;
    return all;
}

std::string masked_body(const std::string& path, const Reply& reply, const std::set<std::int64_t>& hidden)
{
    if (reply.field("Content-Type") == "application/zip")
        return masked_export(reply.body(), hidden);
    const auto type = reply.field("Content-Type");
    if (path.starts_with("/v1/log/tile/") && reply.status() == 200) {
        auto bytes = reply.body();
        if (!path.starts_with("/v1/log/tile/0/000"))
            return masked(bytes);
        for (const auto seq : hidden)
            if (const auto at = static_cast<std::size_t>(seq) * 32; at + 32 <= bytes.size())
                bytes.replace(at, 32, std::string(32, '#'));
        return bytes;
    }
    if (path.starts_with("/v1/log/checkpoint") && reply.status() == 200)
        return masked_note(reply.body());
    if (path.starts_with("/v1/receipts") && type.starts_with("text/plain")) {
        std::string result;
        std::istringstream lines(reply.body());
        for (std::string line; std::getline(lines, line);)
            result += ((line.size() >= 44 && line.find(' ') == std::string::npos) || line.starts_with("— ") ? masked(line) : line) + "\n";
        return result;
    }
    auto value = json::parse(reply.body(), nullptr, false);
    if (value.is_discarded())
        return reply.body();
    const auto before = value.dump();
    mask(value, hidden);
    return value.dump() == before ? reply.body() : value.dump();
}

// Status, fields and body; the tag of a body that had to be masked is a hash over what was masked.
std::string trace(const std::string& path, const Reply& reply, const std::set<std::int64_t>& hidden)
{
    const auto body = masked_body(path, reply, hidden);
    std::string text = std::to_string(reply.status()) + "\n";
    for (const auto& [name, value] : reply.raw().fields)
        if (name != "Date")
            text += name + ": " + (name == "ETag" && body != reply.body() ? masked(value) : value) + "\n";
    return text + "\n" + body;
}

// Every read of the table, lists with every filter and order, every number, and what is hidden by its id.
std::vector<std::string> every_question(const World& world)
{
    const auto& ids = world.ids;
    std::vector<std::string> paths;
    for (const auto& route : api::routes()) {
        if (!is_read(route))
            continue;
        paths.push_back(target_of(route));
        const auto path = filled(route);
        if (route.path.find("{id}") != std::string_view::npos)
            for (const auto& id : ids)
                paths.push_back(target_of(route, id));
        for (const auto& parameter : route.query) {
            if (parameter.kind == api::Kind::choice)
                for (std::size_t at = 0, bar = 0; bar != std::string_view::npos; at = bar + 1) {
                    bar = parameter.choices.find('|', at);
                    paths.push_back(with(target_of(route),
                                         std::string(parameter.name) + "=" +
                                             std::string(parameter.choices.substr(at, bar == std::string_view::npos ? bar : bar - at))));
                }
            if (parameter.name == "limit")
                paths.push_back(path + "?limit=1");
            if (parameter.name == "subject")
                for (const auto& id : ids)
                    paths.push_back(path + "?subject=" + id);
        }
    }
    for (const char* query : {"state=CL", "state=BR", "measure=OAS-CBM-1", "measure=OAS-CBM-2", "period=2025-2026", "label=TLP:RED",
                              "label=TLP:CLEAR", "label=TLP:AMBER%2BSTRICT", "tag=platypus", "fields=narrative"})
        paths.push_back("/v1/reports?" + std::string(query));
    for (const char* query : {"text=platypus", "language=xx", "state=CL", "state=BR", "scope=minimal&text=platypus"})
        paths.push_back("/v1/contacts?" + std::string(query));
    for (const char* state : {"CL", "BR"})
        for (const char* path : {"/v1/contacts.ics?state=", "/v1/nominations?state="})
            paths.push_back(path + std::string(state));
    for (const auto& id : ids)
        paths.push_back("/v1/nominations?contact=" + id);
    for (const char* code : {"BR", "PE"})
        for (const char* of_it : {"/settings", "/quotas", "/keys"})
            paths.push_back("/v1/states/" + std::string(code) + of_it);
    const auto size = static_cast<std::int64_t>(world.portal->ledger_size());
    const auto last = std::to_string(size - 1), all = std::to_string(size);
    for (auto seq = world.hidden.empty() ? size : *world.hidden.begin() - 2; seq <= size; ++seq) {
        const auto number = std::to_string(seq);
        for (const auto& path :
             {"/v1/receipts/" + number, "/v1/changes?after=" + number, "/v1/changes?limit=1&after=" + number,
              "/v1/reports?changed_since=" + number, "/v1/audit?after=" + number, "/v1/log/inclusion?index=" + number + "&size=" + all,
              "/v1/log/consistency?first=" + number + "&second=" + all, "/v1/log/leaves?from=" + number + "&to=" + number})
            paths.push_back(path);
    }
    for (const std::string& path :
         {"/v1/export?after=" + std::to_string(world.hidden.empty() ? size : *world.hidden.begin() + 1), "/v1/log/leaves?from=0&to=" + last,
          "/v1/log/tile/0/000.p/" + all, std::string("/v1/changes?limit=1000"), std::string("/v1/audit?limit=1000"),
          "/v1/documents?changed_since=" + last})
        paths.push_back(path);
    return paths;
}

std::vector<std::string> every_question_about(const World& world, const std::string& prefix)
{
    std::vector<std::string> paths;
    for (const auto& path : every_question(world))
        if (path.starts_with(prefix))
            paths.push_back(path);
    for (const auto& id : world.ids)
        for (const char* query : {"", "?scope=minimal"})
            paths.push_back(prefix + "/" + id + query);
    return paths;
}

std::string first_difference(const std::string& a, const std::string& b)
{
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at])
        ++at;
    const auto from = at < 120 ? 0 : at - 120;
    return "\n  with CL: ..." + a.substr(from, 240) + "\n  with BR: ..." + b.substr(from, 240);
}

// The formats in which a path is asked for.
std::vector<Fields> formats_of(const std::string& path)
{
    std::vector<Fields> formats{{}};
    const bool is_receipt = path.starts_with("/v1/receipts"), is_contact = path.starts_with("/v1/contacts");
    for (const char* type : {"text/plain", "text/csv", "text/vcard", "application/jscontact+json"})
        if (is_contact || (is_receipt && formats.size() == 1))
            formats.push_back({{"Accept", type}});
    return formats;
}

// Where the two worlds answer differently.
std::vector<std::string> traces(World& a, World& b, const Who& who)
{
    std::vector<std::string> found;
    for (const auto& path : every_question(a))
        for (const Fields& fields : formats_of(path)) {
            const auto in_a = a.as(who).get(path, fields), in_b = b.as(who).get(path, fields);
            const auto left = trace(path, in_a, a.hidden), right = trace(path, in_b, b.hidden);
            EXPECT_LT(in_a.status(), 500) << path;
            const auto shown = readable(in_a);
            if (left != right)
                found.push_back("GET " + path + " as " + who.key() + first_difference(left, right));
            else if (shown.find(canary) != std::string::npos)
                found.push_back("GET " + path + " as " + who.key() + " shows hidden text in both worlds");
            else  // randomness is the same: so are the hidden ids of both worlds
                for (const auto& id : a.ids)
                    if (shown.find(id) != std::string::npos)
                        found.push_back("GET " + path + " as " + who.key() + " shows a hidden id in both worlds");
        }
    return found;
}

void expect_no_trace(World& a, World& b, const std::vector<Who>& askers)
{
    ASSERT_EQ(a.portal->ledger_size(), b.portal->ledger_size());
    ASSERT_EQ(a.hidden, b.hidden);
    for (const auto& who : askers) {
        const auto found = traces(a, b, who);
        EXPECT_EQ(found.size(), 0U);
        for (std::size_t i = 0; i < found.size() && i < 12; ++i)
            ADD_FAILURE() << found[i];
    }
}

std::string without_request(const Reply& reply)
{
    auto text = trace("", reply, {});
    const auto id = reply.field("X-Request-Id");
    for (std::size_t at; (at = text.find(id)) != std::string::npos;)
        text.replace(at, id.size(), masked(id));
    return text;
}

// All rights of another State: whatever is asked of a hidden id, it is asked of nothing.
void expect_unknown(World& world)
{
    const Who outsider{"state:PE", {"approver", "contact", "drafter", "nominator"}, "all rights"};
    for (const auto& route : api::routes()) {
        const bool asks_for_a_code = route.permission.permission == domain::Permission::enrol;  // and says that it is wrong
        if (route.path.find("{id}") == std::string_view::npos || asks_for_a_code)
            continue;
        const auto body = route.request.empty() ? std::string() : example_for(route).dump();
        const Fields fields{{"If-Match", "\"0-\""}, {"Content-Type", route.request.empty() ? "" : media_type_of(route)}};
        const auto nothing = without_request(world.as(outsider).send(method_of(route), target_of(route), body, fields));
        for (const auto& id : world.ids)
            EXPECT_EQ(without_request(world.as(outsider).send(method_of(route), target_of(route, id), body, fields)), nothing)
                << route.operation_id << " " << id;
    }
}

TEST(TwoWorlds, WhatAStateKeepsToItselfLeavesNoTraceForAnyoneElse)
{
    World a, b;
    everyone_is_there(a), everyone_is_there(b);
    keep_to_itself(a, "CL", "OAS-CBM-1"), keep_to_itself(b, "BR", "OAS-CBM-2");
    ASSERT_GT(a.hidden.size(), 20U);
    expect_no_trace(a, b, {anyone(), drafter_of("PE"), nominator_of("PE"), reviewer(), chair(), vice_chair()});
    // That an enrolment waits is all that the secretariat sees of it.
    for (const auto& found : traces(a, b, secretariat()))
        EXPECT_TRUE(found.starts_with("GET /v1/state-access")) << found;
    EXPECT_EQ(a.as(secretariat()).get("/v1/state-access?limit=100").is(200).body().find(canary), std::string::npos);
    expect_unknown(a);
}

// Pages of lists that look at two reports each: they end at the same ones.
TEST(TwoWorlds, WhatAStateKeepsToItselfMovesNoEndOfAPage)
{
    const std::map<std::string, std::string> few_steps{{"list_steps", "2"}};
    World a(true, few_steps), b(true, few_steps);
    everyone_is_there(a), everyone_is_there(b);
    keep_to_itself(a, "CL", "OAS-CBM-1"), keep_to_itself(b, "BR", "OAS-CBM-2");
    for (const auto& who : {anyone(), drafter_of("PE"), reviewer()})
        for (const std::string sort : {"changed", "-changed", "state"})
            for (const char* filter :
                 {"", "&status=planned", "&tag=platypus", "&language=pt", "&label=TLP:AMBER%2BSTRICT", "&workflow_state=withdrawn"}) {
                std::string cursor;
                for (int page = 0; page < 20; ++page) {
                    const auto path = "/v1/reports?limit=5&sort=" + sort + filter + cursor;
                    const auto one = a.as(who).get(path).is(200).json(), other = b.as(who).get(path).is(200).json();
                    EXPECT_EQ(one.at("next"), other.at("next")) << path;
                    EXPECT_EQ(one.at("items").size(), other.at("items").size()) << path;
                    if (one.at("next").is_null())
                        break;
                    cursor = "&cursor=" + one.at("next").get<std::string>();
                }
            }
}

TEST(TwoWorlds, WhatTheFormerChairWasToldLeavesNoTraceForTheNextOne)
{
    World a, b;
    const Who next{"office:chair/chair-2", {"chair"}, ""};
    const auto work = [&next](World& world, const std::string& state, const std::string& measure) {
        world.hide([&] {
            auto report = hidden_report(measure, "TLP:AMBER");
            report["recipients"] = {"office:chair"};
            world.ids.push_back(world.portal->published(state, report));
        });
        const auto term = world.as(secretariat()).get("/v1/office-terms/chair").is(200).json();
        world.as(secretariat()).patch("/v1/office-terms/chair", {{"until", "2027-01-15"}}).is(200);
        auto following = term["content"];
        following.update({{"code", "chair-2"}, {"state", "PA"}, {"from", "2027-01-15"}});
        world.as(secretariat()).post("/v1/office-terms", following).is(201);
        world.portal->token_of(next);
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL", "OAS-CBM-1"), work(b, "BR", "OAS-CBM-2");
    expect_no_trace(a, b, {anyone(), next});
    EXPECT_GT(traces(a, b, chair()).size(), 2U) << "the questions would not have found what is there to be seen";
}

TEST(TwoWorlds, AWorkingCopyLeavesNoTraceForTheOwnStatesOtherAccounts)
{
    World a, b;
    const auto work = [](World& world, const std::string& state, const std::string& measure) {
        auto& portal = *world.portal;
        world.ids.push_back(portal.draft(state, hidden_report(measure, "TLP:CLEAR")));
        world.hide([&] {
            world.ids.push_back(portal.submitted(state, hidden_report(measure, "TLP:GREEN")));
            world.ids.push_back(portal.submitted(state, hidden_report(measure, "TLP:AMBER")));
            world.as(approver_of(state)).post(path_of(world.ids.back(), "return"), {{"reason", canary}}).is(200);
        });
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL", "OAS-CBM-1"), work(b, "BR", "OAS-CBM-2");
    expect_no_trace(a, b, {contact_of("CL"), nominator_of("CL")});
    const auto seen = traces(a, b, drafter_of("CL"));
    EXPECT_GT(seen.size(), 20U) << "the questions would not have found what is there to be seen";
    EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const std::string& found) { return found.starts_with("GET /v1/export "); }));
}

TEST(TwoWorlds, AReportForNamedAccountsLeavesNoTraceForTheOwnStatesOtherDrafters)
{
    World a, b;
    const auto work = [](World& world, const std::string& state, const std::string& measure) {
        const Who named{"state:" + state, {"approver"}, "named"};
        auto red = hidden_report(measure, "TLP:RED");
        red["recipients"] = {"account:" + world.as(drafter_of(state)).account(), "account:" + world.as(named).account()};
        world.ids.push_back(world.portal->draft(state, red));
        world.hide([&] {
            world.ids.push_back(world.portal->submitted(state, red));
            const auto published = world.portal->submitted(state, red), withdrawn = world.portal->submitted(state, red);
            for (const auto& id : {published, withdrawn})
                world.as(named).post(path_of(id, "publish")).is(200);
            world.as(named).post(path_of(withdrawn, "withdraw")).is(200);
            world.ids.insert(world.ids.end(), {published, withdrawn});
        });
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL", "OAS-CBM-1"), work(b, "BR", "OAS-CBM-2");
    expect_no_trace(a, b, {drafter_of("CL", "other"), approver_of("CL"), nominator_of("CL"), contact_of("CL")});
}

// What a State's key signed goes with what it is about: whoever does not see that sees nothing of it, and no more than of one unsigned.
TEST(TwoWorlds, AStatementLeavesNoTraceForThoseWhoDoNotSeeWhatItIsAbout)
{
    World a, b;
    const auto work = [](World& world, const std::string& state, const std::string& measure) {
        std::map<std::string, StateClient> clients;
        for (const char* each : {"BR", "CL"}) {
            const auto& client = clients.emplace(each, StateClient(each == std::string("CL") ? 7 : 8)).first->second;
            world.portal->state_key(each, body_of(brought(client.key(), "state:" + std::string(each))));
        }
        auto& client = clients.at(state);
        world.hide([&] {
            for (const char* label : {"TLP:AMBER", "TLP:AMBER+STRICT"}) {
                const auto id = world.portal->submitted(state, hidden_report(measure, label));
                world.ids.push_back(id);
                const auto approver = world.as(approver_of(state));
                const auto asking = client.asking(world.portal->now(), true);
                const auto asked = approver.post(path_of(id, "publish?dry_run=true"), asking).is(200).json();
                approver.post(path_of(id, "publish"), client.signing(asking, asked["statement"]["text"])).is(200);
            }
        });
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL", "OAS-CBM-1"), work(b, "BR", "OAS-CBM-2");
    expect_no_trace(a, b, {anyone(), drafter_of("PE"), approver_of("PE"), nominator_of("PE"), reviewer(), chair()});
}

// Registered, a key is public, and the note verbale that gives its fingerprint with it; until then neither leaves a trace.
TEST(TwoWorlds, AKeyThatANoteVerbaleGivesLeavesNoTraceForOthersUntilItIsRegistered)
{
    World a, b;
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] {
            const auto note = a_key_note(state, brought(base::Ed25519Key::generate(seeded_random(75)), "state:" + state), canary);
            for (const bool is_compared : {true, false}) {
                world.ids.push_back(world.as(secretariat()).post("/v1/proposals", note).created_id());
                if (!is_compared)
                    continue;
                const auto answer = world.portal->operate({{"command", "signing-key confirm"},
                                                           {"proposal", world.ids.back()},
                                                           {"sha256", hash_of(note["decision"])},
                                                           {"fingerprint", note["fingerprint"]}});
                EXPECT_EQ(answer.at("id"), world.ids.back());
            }
        });
        world.portal->published("PE");
    };
    for (World* world : {&a, &b})
        for (const char* state : {"BR", "CL", "PE"})
            world->portal->published(state), world->portal->token_of(nominator_of(state));
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), drafter_of("PE"), nominator_of("PE")});
    expect_unknown(a);
    EXPECT_GT(traces(a, b, nominator_of("CL")).size(), 2U) << "the questions would not have found what is there to be seen";
}

TEST(TwoWorlds, WhatTheSecretariatProposesToAStateLeavesNoTraceForOthers)
{
    World a, b;
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] {
            const json wish{{"kind", "account_create"}, {"home", "state:" + state}, {"name", canary}, {"roles", {"contact"}}};
            for (const char* decision : {"", "confirm", "decline"}) {
                world.ids.push_back(world.as(secretariat()).post("/v1/proposals", wish).created_id());
                if (*decision != '\0')
                    world.as(nominator_of(state)).post("/v1/proposals/" + world.ids.back() + "/" + decision).is(200);
            }
        });
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), nominator_of("PE"), reviewer(), chair()});
}

// As if the workspace were full: whoever is refused is of that State, and nobody else is told or refused anything.
TEST(TwoWorlds, ThatAStateHasNoMoreRoomOrWasGivenMoreLeavesNoTraceForOthers)
{
    World a, b;
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] {
            const auto limit = domain::row_of(domain::Quota::drafts).limit;
            const auto path = "/v1/states/" + state + "/quotas";
            world.as(secretariat()).patch(path, {{"drafts", limit + 1}}).is(200);
            world.portal->app().portal().database.writer().run([&](store::Transaction& transaction) {
                transaction.db().run("INSERT INTO quota_use VALUES (?1, 'drafts', '', ?2) ON CONFLICT DO UPDATE SET used = ?2",
                                     "state:" + state, limit + 1);
                return true;
            });
            world.as(drafter_of(state)).post("/v1/reports", a_report()).is_problem(409, "quota-exceeded").has_error("", "quota_drafts");
        });
        world.portal->published("PE");
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), drafter_of("PE"), nominator_of("PE"), reviewer(), chair(), vice_chair()});
    EXPECT_FALSE(traces(a, b, drafter_of("CL")).empty()) << "the questions would not have found what is there to be seen";
}

TEST(TwoWorlds, AChangeOfMembershipThatWaitsLeavesNoTraceForAnyoneButTheSecretariat)
{
    World a, b;
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] {
            for (const char* decision : {"decline", ""}) {
                const auto document = a_decision(canary + decision);
                const json facts{{"membership", {{"status", "withdrawn"}, {"from", "2026-11-19"}}},
                                 {"participation", {{"participates", false}, {"from", "2026-11-19"}}}};
                world.ids.push_back(
                    world.as(secretariat()).post("/v1/proposals", a_membership_change(state, facts, document)).created_id());
                if (*decision != '\0')
                    world.as(secretariat()).post("/v1/proposals/" + world.ids.back() + "/" + decision).is(200);
            }
        });
        world.portal->published("PE");
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), nominator_of("CL"), approver_of("BR"), nominator_of("PE"), reviewer(), chair()});
    expect_unknown(a);
    EXPECT_GT(traces(a, b, secretariat()).size(), 2U) << "the questions would not have found what is there to be seen";
}

TEST(TwoWorlds, WhatAStateAsksOfTheDirectoryLeavesNoTraceForOthersUntilItIsAccepted)
{
    World a, b;
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] {
            auto body = a_nomination(a_contact({{"person", canary}, {"languages", {"xx"}}, {"hours", "24x7"}}));
            body["note"]["reference"] = canary;
            for (const char* step : {"", "return", "withdraw", "erase"}) {
                const auto made = world.as(nominator_of(state)).post("/v1/nominations", body);
                const auto path = "/v1/nominations/" + made.created_id();
                world.ids.push_back(made.created_id());
                world.ids.push_back(made.json().at("content").at("contact").get<std::string>());
                if (step == std::string("return") || step == std::string("erase"))
                    world.as(secretariat()).post(path + "/return", {{"reason", canary}}).is(200);
                if (step == std::string("withdraw") || step == std::string("erase"))
                    world.as(nominator_of(state)).post(path + "/" + step).is(200);
            }
        });
        world.portal->published("PE");
    };
    everyone_is_there(a), everyone_is_there(b);
    for (World* world : {&a, &b})
        for (const char* state : {"BR", "CL"})
            world->portal->listed(state);
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), contact_of("PE"), nominator_of("PE"), reviewer(), chair()});
    expect_unknown(a);
    EXPECT_GT(traces(a, b, secretariat()).size(), 5U) << "the questions would not have found what is there to be seen";
}

// Two contacts that differ in all that the reduced scope leaves out.
TEST(TwoWorlds, WhatTheReducedScopeLeavesOutMakesNoDifference)
{
    World a, b;
    const auto work = [](World& world, const json& fields) {
        auto body = a_nomination(a_contact(fields));
        body["minimal_for"] = {"state:PE"};
        const auto nomination = world.as(nominator_of("CL")).post("/v1/nominations", body);
        world.as(secretariat()).post("/v1/nominations/" + nomination.created_id() + "/accept").is(200);
        world.ids.push_back(nomination.json().at("content").at("contact").get<std::string>());
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, {{"person", canary},
             {"position", canary},
             {"hours", "24x7"},
             {"emails", {"platypus@mre.example"}},
             {"address", canary},
             {"valid_until", "2027-01-01"},
             {"rank", "alternate"},
             {"time_zone", "Asia/Tokyo"}});
    work(b, {{"phones", {{{"number", "+5622555019"}}}}, {"hours", nullptr}});
    for (const auto& who : {contact_of("PE"), nominator_of("PE"), reviewer(), chair()})
        for (const auto& path : every_question_about(a, "/v1/contacts"))
            for (const auto& fields : formats_of(path)) {
                const auto left = without_request(a.as(who).get(path, fields)), right = without_request(b.as(who).get(path, fields));
                EXPECT_TRUE(left == right) << "GET " << path << " as " << who.key() << first_difference(left, right);
                EXPECT_EQ(left.find(canary), std::string::npos) << path;
            }
    for (const auto& who : {contact_of("PE"), reviewer()})
        for (const auto* path : {"/v1/changes?limit=1000", "/v1/nominations"})
            EXPECT_EQ(a.as(who).get(path).body().find(canary), std::string::npos) << path;
    EXPECT_NE(a.as(contact_of("BR")).get("/v1/contacts").body().find(canary), std::string::npos)
        << "the question would not have found what is there to be seen";
}

// With a delay between hiding and erasing (rules.md 38).
World with_a_delay() { return World(true, {{"erasure_delay_days", "7"}}); }

// A returned nomination and a disabled account, as they are entered and hidden.
void hide_what_is_personal(World& world, const std::string& state, const json& fields, const std::string& name)
{
    const auto nominator = world.as(nominator_of(state));
    const auto nomination = nominator.post("/v1/nominations", a_nomination(a_contact(fields)));
    const auto path = "/v1/nominations/" + nomination.created_id();
    world.as(secretariat()).post(path + "/return", {{"reason", name}}).is(200);
    nominator.post(path + "/erase").is(200);
    const auto account = nominator.post("/v1/accounts", {{"name", name}, {"roles", {"drafter"}}}).created_id();
    nominator.patch("/v1/accounts/" + account, {{"status", "disabled"}}).is(200);
    nominator.post("/v1/accounts/" + account + "/erase").is(200);
    for (const auto& made : {nomination.created_id(), nomination.json().at("content").at("contact").get<std::string>(), account})
        world.ids.push_back(made);
}

TEST(TwoWorlds, WhatAStateIsGoingToEraseLeavesNoTraceForOthers)
{
    auto a = with_a_delay(), b = with_a_delay();
    const auto work = [](World& world, const std::string& state) {
        world.hide([&] { hide_what_is_personal(world, state, {{"person", canary}}, canary); });
        world.portal->published("PE");
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, "CL"), work(b, "BR");
    expect_no_trace(a, b, {anyone(), contact_of("PE"), nominator_of("PE"), reviewer(), chair()});
    expect_unknown(a);
    EXPECT_GT(traces(a, b, secretariat()).size(), 2U) << "the questions would not have found what is there to be seen";
}

TEST(TwoWorlds, WhatIsGoingToBeErasedSaysNothingToAnybodyOfWhatItSaid)
{
    auto a = with_a_delay(), b = with_a_delay();
    const auto work = [](World& world, const json& fields, const std::string& name) {
        world.hide([&] {
            world.ids.push_back(world.portal->listed("CL", a_contact(fields)));
            EXPECT_NE(world.as(contact_of("PE")).get("/v1/contacts").body().find(name), std::string::npos) << "it was there to be seen";
            world.as(nominator_of("CL")).post("/v1/contacts/" + world.ids.back() + "/erase").is(200);
            hide_what_is_personal(world, "CL", fields, name);
        });
    };
    everyone_is_there(a), everyone_is_there(b);
    work(a, {{"person", canary}, {"hours", "24x7"}, {"emails", {"platypus@mre.example"}}}, canary);
    work(b, {{"person", "Somebody"}, {"phones", {{{"number", "+5622555019"}}}}}, "Somebody");
    for (const auto& who : {nominator_of("CL"), contact_of("CL"), approver_of("CL"), secretariat(), contact_of("PE"), chair()}) {
        for (const auto& path : every_question(a))
            EXPECT_EQ(readable(a.as(who).get(path)).find(canary), std::string::npos) << "GET " << path << " as " << who.key();
        for (const char* prefix : {"/v1/contacts", "/v1/nominations", "/v1/accounts", "/v1/proposals"})
            for (const auto& path : every_question_about(a, prefix)) {
                const auto left = without_request(a.as(who).get(path)), right = without_request(b.as(who).get(path));
                EXPECT_TRUE(left == right) << "GET " << path << " as " << who.key() << first_difference(left, right);
            }
    }
}

// The published size moves every five minutes and every hour: until then, nobody else can tell that anything happened.
TEST(TwoWorlds, UntilTheLogMovesNotEvenItsLengthTellsThatAStateDidSomething)
{
    World a(false), b(false);
    everyone_is_there(a), everyone_is_there(b);
    a.hide([&] { a.ids.push_back(a.portal->published("CL", hidden_report("OAS-CBM-1", "TLP:AMBER+STRICT"))); });
    ASSERT_GT(a.portal->ledger_size(), b.portal->ledger_size());
    for (const auto& who : {anyone(), drafter_of("PE"), nominator_of("PE"), reviewer(), secretariat()})
        for (const auto& path : every_question(a)) {
            const auto in_a = a.as(who).get(path), in_b = b.as(who).get(path);
            const auto left = without_request(in_a), right = without_request(in_b);
            EXPECT_TRUE(left == right) << "GET " << path << " as " << who.key() << first_difference(left, right);
        }
}

}  // namespace
}  // namespace cbmx::test
