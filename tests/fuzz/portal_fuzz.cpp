// The whole portal: a client's bytes as they come off TLS, several requests one after the other, to the bytes of the answers.
// The first byte says who is calling and how; symbols stand for tokens and ids (portal/wire.hpp). Whatever is asked: no answer
// is malformed or says that the server failed, none reveals what its caller may not know, none depends on how the bytes arrive,
// and the database verifies.
#include "api/handlers/exports.hpp"
#include "base/archive/writer.hpp"
#include "fuzz/portal/fuzz_portal.hpp"
#include "fuzz/target.hpp"
#include <memory>
#include <sqlite3.h>

using namespace cbmx::fuzz;

namespace {

// Connections that changed something: the first of a run, so that an input by itself is judged the same, and then some.
// CBMX_VERIFY=1 verifies after each.
const std::size_t verified_every = std::getenv("CBMX_VERIFY") != nullptr ? 1 : 64;
constexpr std::uint8_t caller_bits = 0x1f, certificate_bit = 0x20, arrival_bits = 0xc0;

std::unique_ptr<FuzzPortal> portal;
std::size_t changed_connections = 0;

Client client_of(std::uint8_t choice)
{
    constexpr std::size_t pieces[]{0, 1, 7, 64};
    Client client;
    const std::size_t caller = choice & caller_bits;
    client.caller = caller >= 1 && caller <= FuzzPortal::callers().size() ? FuzzPortal::callers()[caller - 1] : '\0';
    client.by_certificate = (choice & certificate_bit) != 0;
    client.piece_bytes = pieces[(choice & arrival_bits) >> 6];
    client.leaves = client.piece_bytes != 0;
    return client;
}

void verify()
{
    const auto fault = portal->fault_of_database();
    must(fault.empty(), "what any client does leaves a database that verifies", fault);
}

// For a person who runs one input: CBMX_SHOW=1 portal_fuzz FILE.
void show(const Connected& connected)
{
    static const bool is_wanted = std::getenv("CBMX_SHOW") != nullptr;
    for (std::size_t i = 0; is_wanted && i < connected.answers.size(); ++i)
        std::printf("%s %s: %d\n%s\n", connected.asked[i].method.c_str(), connected.asked[i].target.c_str(), connected.answers[i].status,
                    connected.answers[i].body.c_str());
}

void check(const Connected& connected)
{
    show(connected);
    if (connected.fault.empty())
        return;
    std::string shown = "sent:\n" + connected.sent + "\nanswered:\n";
    for (const auto& answered : connected.answers)
        shown += answered.text + "\n";
    must(false, connected.fault, shown + "\nlog:\n" + portal->log_text());
}

// What stands in an answer whenever it is given: without the day, and without what other connections left behind.
std::string lasting(const Answered& answered)
{
    if (answered.body.find("\"last_used_at\"") != std::string::npos)
        return std::to_string(answered.status);
    auto text = answered.text;
    const auto date = text.find("\r\nDate: ");
    return text.erase(date, text.find("\r\n", date + 2) - date);
}

// The same bytes, slowly and at once.
void check_arrival(const Connected& slowly, std::string_view text, Client client)
{
    if (portal->is_changed())
        portal->forget_changes();
    client.piece_bytes = 0;
    const auto at_once = portal->run(text, client);
    check(at_once);
    must(slowly.answers.size() == at_once.answers.size(), "how the bytes arrive does not change how many answers there are",
         slowly.sent + "\n-- or --\n" + at_once.sent);
    for (std::size_t i = 0; i < slowly.answers.size(); ++i) {
        const auto one = lasting(slowly.answers[i]), other = lasting(at_once.answers[i]);
        must(one == other, "how the bytes arrive does not change what is answered", one + "\n-- or --\n" + other);
    }
}

std::string request(const std::string& target, char caller)
{
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ~" + std::string(1, caller) + "\r\n\r\n";
}

Answered archive_with(const std::string& text)
{
    cbmx::base::ArchiveWriter writer(portal->database_file().parent_path());
    writer.add("told.txt", text);
    const auto packed = writer.pack();
    Answered answered;
    answered.status = 200;
    answered.fields = {{"Content-Type", std::string(cbmx::api::exports::media_type)}, {"X-Request-Id", "1"}};
    answered.body = packed->read(0, packed->size());
    return answered;
}

// Nothing is watched over by a rule that nothing breaks: each is broken here once.
void check_the_rules()
{
    const auto red = portal->symbol('e');
    const auto own = portal->run(request("/v1/reports/" + red, 'A'), {});
    must(own.fault.empty() && own.answers.at(0).status == 200 && own.answers[0].text.find(portal->markers()[2].text) != std::string::npos,
         "who may read it reads what is planted");
    const auto others = portal->run(request("/v1/reports/" + red, 'J'), {});
    must(others.fault.empty() && others.answers.at(0).status == 404, "a caller who may not read it learns nothing");
    auto asked = own.asked.at(0);
    const auto breaks = [&asked](Answered answered) { return !fault_of(asked, answered, false).empty(); };
    const auto answered = own.answers[0];
    must(!breaks(answered), "an answer breaks no rule");
    auto changed = answered;
    changed.status = 500;
    must(breaks(changed), "a failure of the server is found");
    changed = answered;
    changed.fields.push_back({"Content-Encoding", "br"});
    must(breaks(changed), "an answer that was compressed for a credential is found");
    changed = answered;
    changed.body.pop_back();
    must(breaks(changed), "what is no JSON is found");
    changed = answered;
    changed.body.replace(changed.body.find("\"id\""), 4, "\"di\"");
    must(breaks(changed), "JSON that its schema does not allow is found");
    changed = others.answers[0];
    changed.body.replace(changed.body.find("\"title\""), 7, "\"words\"");
    must(breaks(changed), "a problem that lacks a field is found");
    for (const auto& [from, to] :
         {std::pair{"Content-Length: ", "Content-Length: 1"}, {"HTTP/1.1 200", "HTTP/1.1 2oo"}, {"\r\n\r\n", "\r\n \r\n\r\n"}}) {
        auto bytes = answered.text;
        bytes.replace(bytes.find(from), std::string_view(from).size(), to);
        must(!read_answers(bytes, own.asked, true).fault.empty(), "a malformed answer is found", bytes);
    }
    must(!read_answers(answered.text + answered.text, own.asked, true).fault.empty(), "an answer to nothing is found");
    must(!read_answers({}, own.asked, true).fault.empty(), "a request without an answer is found");
    must(!fault_of_change(own.asked, own.answers, {portal->symbol(FuzzPortal::new_token)}).empty(),
         "a reading that changes something is found");
    must(!portal->watch().fault_of(others.asked.at(0), answered, {}).empty(), "a text shown to a stranger is found");
    must(portal->watch().fault_of(own.asked.at(0), answered, {}).empty(), "a text shown to its reader is not");
    const auto again = portal->run(request("/v1/reports/" + red, 'A'), {.piece_bytes = 1});
    must(lasting(again.answers.at(0)) == lasting(answered) && lasting(others.answers[0]) != lasting(answered),
         "an answer that differs is found");
    for (const auto& secret : portal->secrets()) {
        auto telling = answered;
        telling.text += "\"" + secret + "\"";
        must(!portal->watch().fault_of(asked, telling, {}).empty(), "a secret that is shown is found");
    }
    for (const auto& marker : portal->markers()) {
        auto telling = others.answers[0];
        telling.text += marker.text + ".";
        must(!portal->watch().fault_of({}, telling, {}).empty(), "a text shown without an account is found");
        auto packed = archive_with("a text, " + marker.text + ".");
        must(packed.body.find(marker.text) == std::string::npos && fault_of(asked, packed, false).empty(), "an archive is unpacked");
        must(!portal->watch().fault_of({}, packed, {}).empty(), "a text shown inside an archive is found");
        packed.body.erase(packed.body.size() / 2, 1);
        must(breaks(packed), "an archive that is damaged is found");
    }

    must(portal->fault_of_database().empty(), "the database verifies");
    sqlite3* file = nullptr;
    sqlite3_open(portal->database_file().c_str(), &file);
    const int tampered = sqlite3_exec(file, "UPDATE report SET version = version + 1", nullptr, nullptr, nullptr);
    sqlite3_close(file);
    must(tampered == SQLITE_OK && portal->is_changed(), "a row is changed behind the portal's back");
    must(!portal->fault_of_database().empty(), "a changed row is found");
    portal->forget_changes();
    must(!portal->is_changed() && portal->fault_of_database().empty(), "what was changed is undone");
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    portal = std::make_unique<FuzzPortal>();
    check_the_rules();
    std::atexit([] {
        if (portal->is_changed())
            verify();
        portal.reset();
    });
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto [choice, text] = chosen(bytes, size);
    if (portal->is_changed())
        portal->forget_changes();
    const auto client = client_of(choice);
    const auto connected = portal->run(text, client);
    check(connected);
    if (portal->is_changed() && changed_connections++ % verified_every == 0)
        verify();
    if (client.piece_bytes != 0)
        check_arrival(connected, text, client);
    return 0;
}
