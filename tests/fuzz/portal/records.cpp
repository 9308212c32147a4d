// What the portal of fuzz_portal.hpp holds, made through its own API. Capital letters are accounts, whose symbols are tokens; the
// others are what the accounts have made. seeds.py and portal.dict speak of the same letters.
#include "app.hpp"
#include "fuzz/portal/fuzz_portal.hpp"
#include "json/schema.hpp"
#include "operation/operator.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"
#include "support/witness.hpp"
#include <algorithm>
#include <stdexcept>

namespace cbmx::fuzz {
namespace {

using nlohmann::json;

struct Person {
    char letter;
    const char* home;
    std::vector<std::string> roles;
    std::vector<std::string> scopes = {"read", "draft", "publish", "accounts", "registry", "directory"};
};

const std::vector<Person>& people()
{
    static const std::vector<Person> all{{'A', "state:CL", {"drafter"}},
                                         {'B', "state:CL", {"approver"}},
                                         {'C', "state:CL", {"nominator"}},
                                         {'D', "state:CL", {"contact"}},
                                         {'E', "state:CL", {"approver", "contact", "drafter", "nominator"}},
                                         {'F', "state:CL", {"approver"}},
                                         {'P', "state:CL", {"drafter"}, {"read"}},
                                         {'S', "state:CL", {"nominator"}},
                                         {'G', "state:PE", {"drafter"}},
                                         {'H', "state:PE", {"approver"}},
                                         {'I', "state:PE", {"nominator"}},
                                         {'J', "state:PE", {"approver", "contact", "drafter", "nominator"}},
                                         {'Q', "state:BR", {"contact"}},
                                         {'R', "state:BR", {"nominator"}},
                                         {'K', "office:reviewers", {"reviewer"}},
                                         {'L', "office:chair", {"chair"}},
                                         {'N', "office:audit", {"auditor"}},
                                         {'O', "office:secretariat", {"secretariat"}}};
    return all;
}

constexpr std::string_view of_chile = "ABCDEFPST", of_peru = "GHIJ", of_secretariat = "MO";

// Words that nothing else holds.
const std::string draft_text = "quetzal-draft-7f31", strict_text = "quetzal-strict-a940", red_text = "quetzal-red-5c2e",
                  amber_text = "quetzal-amber-e81b", contact_text = "quetzal-contact-0d96", nomination_text = "quetzal-nomination-b3f8",
                  account_text = "quetzal-desk-62ca", red_draft_text = "quetzal-scarlet-41b7";

json report_with(const std::string& label, const std::string& narrative, const json& recipients = nullptr)
{
    auto report = test::a_report({{"label", label}, {"narrative", narrative}});
    if (!recipients.is_null())
        report["recipients"] = recipients;
    return report;
}

// As it stands between the quotation marks of a JSON string.
std::string inside_json(const std::string& text)
{
    const auto quoted = json(text).dump();
    return quoted.substr(1, quoted.size() - 2);
}

std::string report_path(const std::string& id, const std::string& step = "") { return test::path_of(id, step); }

}  // namespace

std::string_view FuzzPortal::callers() { return "ABCDEFGHIJKLMNOPQRST"; }

json FuzzPortal::operate(const json& command)
{
    const auto apply = [this](const json& sent) { return apply_command(portal(), sent); };
    auto answer = command.at("command") == "credential token" ? with_new_token(command, random_, apply) : apply(command);
    if (!answer.value("ok", false))
        throw std::runtime_error("operator's command: " + answer.dump());
    return answer.at("result");
}

json FuzzPortal::ask(char caller, const std::string& method, const std::string& path, const json& body, const std::string& if_match)
{
    auto bytes = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + symbols_.at(caller) +
                 "\r\nIf-Match: " + if_match + "\r\n";
    if (!body.is_null()) {
        const auto text = body.dump();
        bytes += "Content-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    } else {
        bytes += "\r\n";
    }
    const auto connected = run(bytes, {});
    const bool is_done = connected.fault.empty() && connected.answers.size() == 1 && connected.answers.front().status < 300;
    if (!is_done)
        throw std::runtime_error("a record could not be made: " + method + " " + path + " as " + caller + ": " + connected.fault + "\n" +
                                 (connected.answers.empty() ? "" : connected.answers.front().text) + log_text());
    return connected.answers.front().json;
}

std::string FuzzPortal::created(char caller, const std::string& path, const json& body)
{
    return ask(caller, "POST", path, body).at("id").get<std::string>();
}

std::string FuzzPortal::published(char drafter, char approver, const json& report)
{
    const auto id = created(drafter, "/v1/reports", report);
    ask(drafter, "POST", report_path(id, "submit"));
    ask(approver, "POST", report_path(id, "publish"), nullptr, R"("d2-")");
    return id;
}

void FuzzPortal::fill()
{
    add_accounts();
    add_reports();
    add_directory();
    add_rights();
    add_markers();
}

void FuzzPortal::add_accounts()
{
    const auto add = [this](const Person& person) {
        const auto letter = std::string(1, person.letter);
        accounts_[person.letter] =
            operate({{"command", "account create"}, {"home", person.home}, {"name", "Account " + letter}, {"roles", person.roles}})
                .at("id")
                .get<std::string>();
        symbols_[person.letter] = operate({{"command", "credential token"},
                                           {"account", accounts_[person.letter]},
                                           {"label", letter},
                                           {"scopes", person.scopes},
                                           {"days", 90}})
                                      .at("token")
                                      .get<std::string>();
    };
    // An account of an office belongs to a term, which the secretariat enters: theirs are made last.
    for (const auto& person : people())
        if (!domain::is_whoever_holds(person.home))
            add(person);
    const json decision{{"number", "Fuzz/1"}, {"date", "2026-01-01"}, {"document", {{"title", "A decision"}}}};
    for (const char* office : {"chair", "reviewers"})
        ask('M', "POST", "/v1/office-terms",
            {{"code", office}, {"office", office}, {"state", "CR"}, {"from", "2026-01-01"}, {"decision", decision}});
    for (const auto& person : people())
        if (domain::is_whoever_holds(person.home))
            add(person);
    const auto pem = test::new_certificate("fuzz", clock_() + std::chrono::days(300));
    operate({{"command", "credential certificate"}, {"account", accounts_[certified]}, {"pem", pem}, {"label", ""}});
    certificate_ = test::fingerprint_of(pem);
    symbols_['7'] = inside_json(test::new_certificate("another", clock_() + std::chrono::days(300)));
    symbols_['q'] = accounts_['G'];
}

void FuzzPortal::add_reports()
{
    const json named{"account:" + accounts_['A'], "account:" + accounts_['F']};
    symbols_['a'] = created('A', "/v1/reports", report_with("TLP:CLEAR", draft_text));
    symbols_['b'] = created('A', "/v1/reports", report_with("TLP:CLEAR", draft_text));
    ask('A', "POST", report_path(symbols_['b'], "submit"));
    symbols_['c'] = published('A', 'B', test::a_report({{"narrative", "old"}, {"tags", {"law"}}}));
    ask('A', "POST", report_path(symbols_['c'], "revise"));
    ask('A', "PATCH", report_path(symbols_['c'], "draft"), {{"narrative", "new"}, {"status", "implemented"}});
    ask('A', "POST", report_path(symbols_['c'], "submit"));
    ask('B', "POST", report_path(symbols_['c'], "publish"), nullptr, R"("d5-")");
    symbols_['d'] = published('A', 'B', report_with("TLP:AMBER+STRICT", strict_text));
    symbols_['k'] =
        ask('B', "POST", report_path(symbols_['d'], "label"), {{"label", "TLP:CLEAR"}}, R"("1-")").at("id").get<std::string>();  // waits
    symbols_['e'] = published('A', 'F', report_with("TLP:RED", red_text, named));
    symbols_['f'] = created('A', "/v1/reports", report_with("TLP:RED", red_draft_text, named));
    symbols_['5'] = published('A', 'B', report_with("TLP:AMBER", amber_text));
    symbols_['g'] = published('A', 'B', test::a_report());
    symbols_['h'] = published('A', 'B', test::a_report());
    for (const char gone : {'g', 'h'})
        ask('B', "POST", report_path(symbols_[gone], "withdraw"), nullptr, R"("1-")");
    const auto erasure = ask('B', "POST", report_path(symbols_['h'], "erase"), nullptr, R"("2-")").at("id").get<std::string>();
    ask('F', "POST", "/v1/proposals/" + erasure + "/confirm", nullptr, R"("1-")");
    symbols_['i'] = created('A', "/v1/reports", report_with("TLP:GREEN", draft_text));
    ask('A', "POST", report_path(symbols_['i'], "submit"));
    ask('B', "POST", report_path(symbols_['i'], "return"), {{"reason", "Say when."}});
    symbols_['j'] = published('A', 'B', report_with("TLP:GREEN", "to all members"));
    ask('A', "POST", report_path(symbols_['j'], "revise"));
    ask('A', "PATCH", report_path(symbols_['j'], "draft"), {{"narrative", draft_text}});
    symbols_['8'] = published('A', 'B', report_with("TLP:AMBER+STRICT", strict_text));  // public since, but for its first revision
    ask('A', "POST", report_path(symbols_['8'], "revise"));
    ask('A', "PATCH", report_path(symbols_['8'], "draft"), {{"label", "TLP:CLEAR"}, {"narrative", "to everybody"}});
    ask('A', "POST", report_path(symbols_['8'], "submit"));
    ask('B', "POST", report_path(symbols_['8'], "publish"), nullptr, R"("d5-")");
    symbols_['z'] = published('G', 'H', report_with("TLP:AMBER", "to Chile", json{"state:CL"}));
    const auto item = [](const std::string& measure) { return json{{"report", test::a_report({{"measure", measure}})}}; };
    symbols_['w'] = created('A', "/v1/batches", json{item("OAS-CBM-3"), item("OAS-CBM-4")});
}

void FuzzPortal::add_directory()
{
    const auto fields = [](const std::string& state, const std::string& person) {
        return test::a_contact({{"category", "policy"}, {"person", person}, {"emails", {"desk@" + state + ".example"}}});
    };
    const auto nominate = [&](char who, const json& contact) { return ask(who, "POST", "/v1/nominations", test::a_nomination(contact)); };
    const auto listed = nominate('C', fields("cl", contact_text));
    symbols_['l'] = listed.at("content").at("contact").get<std::string>();
    ask('M', "POST", "/v1/nominations/" + listed.at("id").get<std::string>() + "/accept", nullptr, R"("1-")");
    ask('C', "POST", "/v1/contacts/" + symbols_['l'] + "/audience", {{"minimal_for", {"state:BR"}}}, R"("1-")");
    auto amendment = test::a_nomination({{"person", nomination_text}});
    amendment["kind"] = "amendment";
    amendment["contact"] = symbols_['l'];
    symbols_['n'] = created('C', "/v1/nominations", amendment);
    auto on_paper = test::a_nomination();
    on_paper["state"] = "CL";
    const auto recorded = ask('M', "POST", "/v1/nominations", on_paper);
    symbols_['o'] = recorded.at("id").get<std::string>();
    symbols_['m'] = recorded.at("content").at("contact").get<std::string>();
    const auto peruvian = nominate('I', fields("pe", "Ana"));
    symbols_['6'] = peruvian.at("content").at("contact").get<std::string>();
    ask('O', "POST", "/v1/nominations/" + peruvian.at("id").get<std::string>() + "/accept", nullptr, R"("1-")");
}

void FuzzPortal::add_rights()
{
    const auto example = [](const std::string& schema, std::size_t at) {
        return cbmx::json::SchemaSet::embedded().document(schema).at("examples").at(at);
    };
    symbols_['p'] = accounts_['T'] = created('C', "/v1/accounts", {{"name", account_text}, {"roles", {"contact"}}});
    const auto invited = [this] {
        return created('C', "/v1/accounts/" + symbols_['p'] + "/credentials",
                       test::an_enrolment({{"label", "desk"}, {"scopes", {"read", "draft"}}}));
    };
    symbols_['T'] = service::new_token(random_);
    const json brought{{"code", test::enrolment_code}, {"token_sha256", base::hex(base::sha256(symbols_['T']))}};
    symbols_['?'] = invited();
    symbols_['r'] = created('C', "/v1/enrolments/" + symbols_['?'] + "/use", brought);
    unproven_.push_back(symbols_['T']);
    ask('T', "GET", "/v1/me");  // which proves it
    unproven_.pop_back();
    symbols_['!'] = invited();  // nobody has used it
    symbols_['s'] =
        created('A', "/v1/delegations",
                {{"delegate", symbols_['p']}, {"roles", {"drafter"}}, {"until", domain::to_rfc3339(clock_() + std::chrono::days(60))}});
    const auto state_key = base::Ed25519Key::generate(random_);
    const auto proposed = created('C', "/v1/signing-keys", test::body_of(test::brought(state_key, "state:CL", portal().origin)));
    symbols_['t'] =
        ask('S', "POST", "/v1/proposals/" + proposed + "/confirm", nullptr, R"("1-")").at("content").at("subject").get<std::string>();
    const test::Witness witness(random_, "witness.example/cl");
    auto key_of_witness = test::body_of(test::brought(witness.key(), "state:CL", portal().origin));
    key_of_witness.update({{"use", "witness"}, {"name", "witness.example/cl"}});
    symbols_['u'] = created('C', "/v1/signing-keys", key_of_witness);
    symbols_['x'] = created('M', "/v1/proposals",
                            {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Proposed desk"}, {"roles", {"drafter"}}});
    symbols_['v'] = created('M', "/v1/documents", example("document-create", 0));
    ask('A', "GET", "/v1/me");  // time goes on, and what is published with it
    const auto note = run("GET /v1/log/checkpoint HTTP/1.1\r\nHost: localhost\r\n\r\n", {}).answers.at(0).body;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_().time_since_epoch()).count();
    symbols_['y'] = inside_json(witness.cosigned(note, static_cast<std::uint64_t>(seconds)));
}

void FuzzPortal::add_markers()
{
    const auto tokens = [this](std::string_view letters) {
        std::set<std::string> set;
        for (const char letter : letters)
            set.insert(symbols_.at(letter));
        return set;
    };
    const std::string chile(of_chile), secretariat(of_secretariat);
    markers_ = {{"a draft", draft_text, tokens("ABEFPT"), tokens(chile)},
                {"what is for one State", strict_text, tokens(chile), tokens(chile), true},
                {"what is for named persons", red_text, tokens("AF"), tokens(chile), true},
                {"a draft for named persons", red_draft_text, tokens("AF"), tokens(chile)},
                {"what is for one State and the secretariat", amber_text, tokens(chile + secretariat), tokens(chile), true},
                {"a contact that some States see less of", contact_text, tokens(chile + std::string(of_peru) + secretariat), tokens(chile)},
                {"a nomination that nobody has accepted", nomination_text, tokens(chile + secretariat), tokens(chile + secretariat)},
                {"an account's name", account_text, tokens(chile + "N"), tokens(chile)}};
    for (const char letter : callers())
        secrets_.insert(symbols_.at(letter));
}

}  // namespace cbmx::fuzz
