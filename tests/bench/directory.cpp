// What a page of the directory costs beside a page of reports, and "reachable now" over all States: CPU time of the handlers
// that the routes name, in one process, without HTTP, TLS and admission. A measurement, never a test: it ends with 0 whatever
// it finds. Run it by tests/bench/run.sh; its argument is the file that the figures are written to as JSON.
#include "api/handlers/contacts.hpp"
#include "base/embedded.hpp"
#include "base/random.hpp"
#include "operation/new_portal.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/directory/nominations.hpp"
#include "service/intake/import.hpp"
#include "service/reports/reports.hpp"
#include "store/sqlite/migrate.hpp"
#include "taken.hpp"
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

using namespace cbmx;
using Json = nlohmann::json;
using Query = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t many = 5'000;  // contacts, and reports
constexpr std::size_t writes_per_commit = 250;
constexpr int rounds = 5;  // interleaved; the median counts
constexpr double microseconds_per_round = 60'000;
constexpr std::size_t max_calls_per_round = 2'000;
constexpr double ratio_aim = 1.0;  // to the cheaper page of reports
constexpr double reachable_aim_microseconds = 2'000;
constexpr std::int64_t now_milliseconds = 1'796'223'600'000;  // Wednesday 2 December 2026, 15:00 UTC: offices are open
constexpr const char* origin = "bench.example/log";
constexpr const char* reader_state = "CL";  // whose account asks

// What is measured on ----------------------------------------------------------------------------------------------------

// A created portal without a server in a temporary directory.
class Ground {
public:
    Ground() : directory_(new_directory()), key_(std::make_shared<base::Ed25519Key>(base::Ed25519Key::generate(random_)))
    {
        const auto file = (directory_ / "cbmx.sqlite").string();
        {
            store::Connection connection(file, store::OpenMode::read_write);
            store::migrate(connection, store::embedded_migrations());
        }
        const ledger::Signer signer{origin, key_->public_key(), [key = key_](std::string_view message) { return key->sign(message); }};
        database_ = std::make_unique<store::Database>(store::WriterOptions{file, clock_, random_, signer, [](std::uint64_t) {}});
        portal_ = std::make_unique<service::Portal>(service::Portal{
            .database = *database_, .clock = clock_, .random = random_, .origin = origin, .public_url = "https://bench.example"});
        write([&](store::Transaction& transaction) {
            taken(service::create_portal(transaction, {.origin = origin,
                                                       .log_key = key_->public_key(),
                                                       .demo = true,
                                                       .software = {"bench", "", store::schema_hash(store::embedded_migrations())}}),
                  "create_portal");
        });
    }
    ~Ground()
    {
        portal_.reset(), database_.reset();
        std::filesystem::remove_all(directory_);
    }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    template <class Work>
    void write(const Work& work)
    {
        const auto end = database_->writer().run([&work](store::Transaction& transaction) {
            work(transaction);
            return true;
        });
        if (end != store::WriteEnd::decided)
            throw std::runtime_error("the database took no writes");
    }
    // work(transaction, i) for every i below count.
    template <class Work>
    void write_many(std::size_t count, const Work& work)
    {
        for (std::size_t from = 0; from < count; from += writes_per_commit)
            write([&](store::Transaction& transaction) {
                for (auto i = from; i < std::min(count, from + writes_per_commit); ++i)
                    work(transaction, i);
            });
    }

    domain::Principal someone(const std::string& state, const std::string& role)
    {
        std::string token;
        write([&](store::Transaction& transaction) {
            const auto account = taken(
                service::create_account(transaction, domain::machine_operator(), {domain::Home::from("state:" + state), "Someone", {role}}),
                "create_account");
            token = service::new_token(transaction.random());
            const service::TokenDraft draft{
                .fingerprint = base::sha256(token), .label = "script", .scopes = {"directory", "draft", "publish", "read"}};
            taken(service::issue_token(transaction, domain::machine_operator(), domain::AccountId(account.id), draft), "issue_token");
        });
        auto snapshot = database_->read();
        return taken(service::authenticate(snapshot.db(), clock_(), token, std::nullopt), "authenticate");
    }

    domain::Instant now() const { return clock_(); }
    const service::Portal& portal() const { return *portal_; }
    store::Snapshot read() { return database_->read(); }

private:
    static std::filesystem::path new_directory()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "cbmx-bench-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("no temporary directory");
        return pattern;
    }

    std::filesystem::path directory_;
    domain::Clock clock_ = [] { return domain::Instant(std::chrono::milliseconds(now_milliseconds)); };
    base::RandomSource random_ = base::system_random();
    std::shared_ptr<base::Ed25519Key> key_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<service::Portal> portal_;
};

std::string contents_of(const std::string& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw std::runtime_error("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// The demonstration's directory: three contacts for each of 35 States.
service::PreparedImport demonstration(domain::Instant now)
{
    auto prepared = service::prepare_contacts(contents_of(CBMX_SOURCE_DIR "/server/demo/contacts.csv"), now);
    const auto is_refused = [](const service::PreparedRow& row) { return !row.violations.empty(); };
    if (!prepared.violations.empty() || prepared.rows.empty() || std::any_of(prepared.rows.begin(), prepared.rows.end(), is_refused))
        throw std::runtime_error("the demonstration's contacts are not sound");
    return prepared;
}

Json hours_of(std::size_t number)
{
    const Json weekdays{"mo", "tu", "we", "th", "fr"};
    switch (number % 5) {
    case 0: return "24x7";
    case 1:
        return {{{"days", weekdays}, {"from", "08:00"}, {"until", "12:00"}}, {{"days", weekdays}, {"from", "13:30"}, {"until", "17:00"}}};
    case 2: return {{{"days", weekdays}, {"from", "09:00"}, {"until", "18:00"}}};
    case 3: return {{{"days", weekdays}, {"from", "20:00"}, {"until", "06:00"}}};
    default:
        return {{{"days", {"mo", "tu", "we", "th"}}, {"from", "08:30"}, {"until", "16:30"}},
                {{"days", {"fr"}}, {"from", "08:30"}, {"until", "14:00"}}};
    }
}

std::string person_of(std::size_t number)
{
    static constexpr std::array given{"Ana",    "Luis",  "María José", "João",    "Érica",  "Kwame",
                                      "Céline", "Óscar", "Inés",       "Desmond", "Beatriz"};
    static constexpr std::array family{"Núñez", "Pereira", "Baptiste", "Guzmán", "Ramírez Soto", "Clarke", "Conceição", "Ávila", "Joseph"};
    return fmt::format("{} {} {}", given[number % given.size()], family[number / given.size() % family.size()], number);
}

// One of the demonstration's contacts under another name, with other hours and confirmed on another day of the past year.
Json varied(Json body, std::size_t number, domain::Instant now)
{
    constexpr std::size_t days_a_year = 365;
    auto& fields = body["fields"];
    fields["office"] = fmt::format("{} {}", fields.value("office", "Oficina"), number);
    if (number % 2 == 0)
        fields["person"] = person_of(number), fields["position"] = "Directora";
    fields["rank"] = number % 3 == 0 ? "alternate" : "primary";
    fields["hours"] = hours_of(number);
    body["note"] = {{"reference", fmt::format("NV {}/2026", number)},
                    {"date", domain::to_rfc3339(now - std::chrono::days(number * 7 % days_a_year)).substr(0, 10)}};
    return body;
}

void record_contacts(Ground& ground, std::size_t count)
{
    const auto prepared = demonstration(ground.now());
    ground.write_many(count, [&](store::Transaction& transaction, std::size_t i) {
        const auto& row = prepared.rows[i % prepared.rows.size()];
        const auto body = varied(row.body, i, ground.now());
        taken(service::make_one_nomination(transaction, domain::machine_operator(), body, row.inspection), "make_one_nomination");
    });
}

std::vector<std::string> codes(std::string_view file_name)
{
    const auto& files = base::embedded::catalogue();
    const auto file = std::find_if(files.begin(), files.end(), [file_name](const auto& each) { return each.name == file_name; });
    std::vector<std::string> list;
    for (const auto& record : Json::parse(file->bytes))
        list.push_back(record.at("code").get<std::string>());
    return list;
}

// Words without sense, as long as reports are.
std::string prose(std::size_t number, std::size_t bytes)
{
    static constexpr std::array words{"ministerio", "estrategia",  "nacional",        "ciberseguridad", "adoptó", "la",       "cooperación",
                                      "regional",   "capacidades", "infraestructura", "crítica",        "y",      "formación"};
    std::string text;
    for (auto step = number; text.size() < bytes; step = step * 31 + 7)
        text += fmt::format("{}{}", text.empty() ? "" : " ", words[step % words.size()]);
    return text;
}

Json report_body(std::size_t number, const std::string& measure, const std::string& period)
{
    constexpr std::size_t narrative_bytes = 1'300, challenges_bytes = 300;  // with the rest about 2 KiB
    static constexpr std::array statuses{"implemented", "in_progress", "planned"};
    return {{"measure", measure},
            {"period", period},
            {"status", statuses[number % statuses.size()]},
            {"language", "es"},
            {"label", number % 2 == 0 ? "TLP:GREEN" : "TLP:CLEAR"},
            {"narrative", prose(number, narrative_bytes)},
            {"challenges", prose(number + 1, challenges_bytes)},
            {"tags", {"estrategia", "csirt"}},
            {"crosswalk", {"UN-3", "OSCE-7"}},
            {"evidence",
             {{{"title", fmt::format("Documento {}", number)},
               {"url", fmt::format("https://ejemplo.example/{}", number)},
               {"language", "es"},
               {"issued", "2026-03-01"}}}}};
}

void publish_reports(Ground& ground, std::size_t count)
{
    const auto states = codes("states.json"), measures = codes("measures.json"), periods = codes("periods.json");
    std::vector<domain::Principal> drafters, approvers;
    for (const auto& state : states) {
        drafters.push_back(ground.someone(state, "drafter"));
        approvers.push_back(ground.someone(state, "approver"));
    }
    ground.write_many(count, [&](store::Transaction& transaction, std::size_t i) {
        const auto& drafter = drafters[i % states.size()];
        const auto body = report_body(i, measures[i % measures.size()], periods[i / measures.size() % periods.size()]);
        const auto id = taken(service::create_report(transaction, drafter, body), "create_report").id;
        taken(service::submit_report(transaction, drafter, id, std::nullopt), "submit_report");
        taken(service::publish_report(transaction, approvers[i % states.size()], id, std::nullopt), "publish_report");
    });
}

// How it is measured -----------------------------------------------------------------------------------------------------

// Calls of one route by one account of a State.
class Reader {
public:
    Reader(Ground& ground, domain::Principal principal) : ground_(ground), principal_(std::move(principal)) {}

    std::string answer(std::string_view operation, const Query& query, const std::string& media_type = "application/json") const
    {
        const auto all = api::routes();
        const auto route =
            std::find_if(all.begin(), all.end(), [operation](const api::Route& each) { return each.operation_id == operation; });
        const api::Call call{.portal = ground_.portal(),
                             .route = *route,
                             .principal = principal_,
                             .language = i18n::Language::es,
                             .query = query,
                             .media_type = media_type,
                             .now = ground_.now()};
        auto snapshot = ground_.read();
        return taken(std::get<api::ReadHandler>(route->handler)(call, snapshot.db()), operation).body;
    }
    // The cursor of the page that begins after so many items.
    std::string cursor_after(std::string_view operation, std::size_t items) const
    {
        return Json::parse(answer(operation, {{"limit", std::to_string(items)}})).at("next").get<std::string>();
    }

private:
    Ground& ground_;
    domain::Principal principal_;
};

enum class Aim { none, ratio, reachable };

struct Measured {
    std::string what;
    Aim aim = Aim::none;
    std::function<std::string()> answer;
    std::size_t items = 0, bytes = 0, calls = 1;
    std::vector<double> rounds = {};  // microseconds a call
    double microseconds = 0;          // their median
};

double cpu_microseconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double microseconds_a_call(const Measured& measured)
{
    const auto begun = cpu_microseconds();
    for (std::size_t i = 0; i < measured.calls; ++i)
        if (measured.answer().size() != measured.bytes)
            throw std::runtime_error("the answer changed: " + measured.what);
    return (cpu_microseconds() - begun) / static_cast<double>(measured.calls);
}

std::size_t items_in(const std::string& body)
{
    if (body.starts_with("{"))
        return Json::parse(body).at("items").size();
    constexpr std::string_view card = "BEGIN:VCARD";
    std::size_t count = 0;
    for (auto at = body.find(card); at != std::string::npos; at = body.find(card, at + card.size()))
        ++count;
    return count;
}

void measure(std::vector<Measured>& all)
{
    for (auto& each : all) {
        const auto body = each.answer();  // statements are prepared, pages are in the cache
        each.items = items_in(body);
        each.bytes = body.size();
        each.calls =
            std::clamp<std::size_t>(static_cast<std::size_t>(microseconds_per_round / microseconds_a_call(each)), 1, max_calls_per_round);
    }
    for (int round = 0; round < rounds; ++round)
        for (auto& each : all)
            each.rounds.push_back(microseconds_a_call(each));
    for (auto& each : all) {
        auto sorted = each.rounds;
        std::sort(sorted.begin(), sorted.end());
        each.microseconds = sorted[sorted.size() / 2];
    }
}

// What is measured: the rivals first.
constexpr std::size_t first_rival = 0, filtered_rival = 2;

std::vector<Measured> measurements(const Reader& full, const Reader& demonstration)
{
    std::vector<Measured> all;
    const auto add = [&all](std::string what, Aim aim, const Reader& reader, std::string_view operation, Query query,
                            std::string media_type = "application/json") {
        all.push_back({std::move(what), aim, [&reader, operation, query = std::move(query), media_type = std::move(media_type)] {
                           return reader.answer(operation, query, media_type);
                       }});
    };
    const auto all_at_once = std::to_string(api::contacts::max_bulk_contacts);
    add("reports: first page of 25", Aim::none, full, "listReports", {});
    add("reports: page of 25 in the middle", Aim::none, full, "listReports", {{"cursor", full.cursor_after("listReports", many / 2)}});
    add("reports: page of 25 of one measure", Aim::none, full, "listReports", {{"measure", "OAS-CBM-3"}});
    add("reports: page of 25 of one State", Aim::none, full, "listReports", {{"state", "BR"}});
    add("contacts: first page of 25", Aim::ratio, full, "listContacts", {});
    add("contacts: page of 25 in the middle", Aim::ratio, full, "listContacts", {{"cursor", full.cursor_after("listContacts", many / 2)}});
    add("contacts: state=BR", Aim::ratio, full, "listContacts", {{"state", "BR"}});
    add("contacts: state=VE, the last", Aim::ratio, full, "listContacts", {{"state", "VE"}});
    add("contacts: state, the caller's own", Aim::ratio, full, "listContacts", {{"state", reader_state}});
    add("contacts: category=technical", Aim::ratio, full, "listContacts", {{"category", "technical"}});
    add("contacts: language=pt", Aim::ratio, full, "listContacts", {{"language", "pt"}});
    add("contacts: text, a word that many have", Aim::ratio, full, "listContacts", {{"text", "MINISTERIO"}});
    add("contacts: text, what one alone has", Aim::ratio, full, "listContacts", {{"text", "4999"}});
    add("contacts: text, what none has", Aim::ratio, full, "listContacts", {{"text", "xyzzy"}});
    add("contacts: reachable_now", Aim::ratio, full, "listContacts", {{"reachable_now", "true"}});
    add("contacts: confirmation_due", Aim::ratio, full, "listContacts", {{"confirmation_due", "true"}});
    add("contacts: state, category and reachable_now", Aim::ratio, full, "listContacts",
        {{"state", "BR"}, {"category", "technical"}, {"reachable_now", "true"}});
    add("reachable_now, page of 25 of the demonstration's", Aim::reachable, demonstration, "listContacts", {{"reachable_now", "true"}});
    // limit as a client cannot ask for it: all in one answer.
    add("reachable_now, all of the demonstration's 105", Aim::reachable, demonstration, "listContacts",
        {{"reachable_now", "true"}, {"limit", all_at_once}});
    add("reachable_now, 100 of 5,000", Aim::reachable, full, "listContacts", {{"reachable_now", "true"}, {"limit", "100"}});
    add("reachable_now, all of 5,000", Aim::reachable, full, "listContacts", {{"reachable_now", "true"}, {"limit", all_at_once}});
    add("vCard of the whole directory, 5,000", Aim::none, full, "listContacts", {}, "text/vcard");
    return all;
}

// What comes of it -------------------------------------------------------------------------------------------------------

bool is_missed(const Measured& each, const std::vector<Measured>& all)
{
    switch (each.aim) {
    case Aim::none: return false;
    case Aim::ratio: return each.microseconds > ratio_aim * std::min(all[first_rival].microseconds, all[filtered_rival].microseconds);
    case Aim::reachable: return each.microseconds >= reachable_aim_microseconds;
    }
    return false;
}

std::string_view verdict(const Measured& each, const std::vector<Measured>& all)
{
    return each.aim == Aim::none ? "" : is_missed(each, all) ? "MISSES THE AIM" : "ok";
}

void print(const std::vector<Measured>& all)
{
    fmt::print(
        "CPU time a call; the median of {} interleaved rounds. Ratios: to the first page of 25 reports, and to that of one measure.\n",
        rounds);
    fmt::print("Aims: a page of contacts <= {:.1f} times either page of reports; reachable_now over all States < {:.0f} ms.\n\n", ratio_aim,
               reachable_aim_microseconds / 1e3);
    fmt::print("{:<48} {:>6} {:>9} {:>13} {:>9} {:>12}\n", "what", "items", "bytes", "microseconds", "to first", "to filtered");
    for (const auto& each : all)
        fmt::print("{:<48} {:>6} {:>9} {:>13.1f} {:>9.2f} {:>12.2f}  {}\n", each.what, each.items, each.bytes, each.microseconds,
                   each.microseconds / all[first_rival].microseconds, each.microseconds / all[filtered_rival].microseconds,
                   verdict(each, all));
    const auto missed = std::count_if(all.begin(), all.end(), [&all](const Measured& each) { return is_missed(each, all); });
    fmt::print("\n{} of {} figures with an aim miss it.\n", missed,
               std::count_if(all.begin(), all.end(), [](const Measured& each) { return each.aim != Aim::none; }));
}

Json as_json(const std::vector<Measured>& all)
{
#ifdef __OPTIMIZE__
    constexpr bool optimised = true;
#else
    constexpr bool optimised = false;
#endif
    Json figures = Json::array();
    for (const auto& each : all) {
        Json figure{{"what", each.what},
                    {"items", each.items},
                    {"bytes", each.bytes},
                    {"calls_a_round", each.calls},
                    {"microseconds", each.microseconds},
                    {"rounds", each.rounds},
                    {"ratio_to_reports", each.microseconds / all[first_rival].microseconds},
                    {"ratio_to_filtered_reports", each.microseconds / all[filtered_rival].microseconds}};
        figure["within_aim"] = each.aim == Aim::none ? Json() : Json(!is_missed(each, all));
        figures.push_back(std::move(figure));
    }
    return {{"contacts", many},
            {"reports", many},
            {"optimised", optimised},
            {"ratio_aim", ratio_aim},
            {"reachable_aim_microseconds", reachable_aim_microseconds},
            {"figures", std::move(figures)}};
}

void run(const char* file)
{
    Ground large;
    fmt::print("recording {} contacts, publishing {} reports ...\n", many, many);
    std::fflush(stdout);
    record_contacts(large, many);
    publish_reports(large, many);
    Ground small;
    const auto prepared = demonstration(small.now());
    small.write([&](store::Transaction& transaction) {
        taken(service::import_contacts(transaction, domain::machine_operator(), prepared), "import_contacts");
    });
    const Reader full(large, large.someone(reader_state, "drafter"));
    const Reader demo(small, small.someone(reader_state, "drafter"));
    auto all = measurements(full, demo);
    measure(all);
    print(all);
    if (file != nullptr)
        std::ofstream(file) << as_json(all).dump(2) << "\n";
}

}  // namespace

int main(int count, char** arguments)
try {
    run(count > 1 ? arguments[1] : nullptr);
    return EXIT_SUCCESS;
} catch (const std::exception& error) {
    std::cerr << "directory_bench: " << error.what() << "\n";  // nothing was measured: that alone is a failure
    return EXIT_FAILURE;
}
