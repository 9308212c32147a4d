// The documentation for scripts (server/docs) says what the program does: its tables are generated from the constants and
// tables that run, and every code and column that a script can meet is on its page.
#include "api/answer.hpp"
#include "api/handlers/changes.hpp"
#include "api/handlers/contacts.hpp"
#include "api/handlers/enrolments.hpp"
#include "api/handlers/nominations.hpp"
#include "api/pipeline.hpp"
#include "base/bytes.hpp"
#include "base/embedded.hpp"
#include "config.hpp"
#include "contract/golden.hpp"
#include "domain/audience.hpp"
#include "domain/event.hpp"
#include "domain/policy.hpp"
#include "domain/quotas.hpp"
#include "http/server.hpp"
#include "i18n/texts.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/suspension.hpp"
#include "service/intake/batches.hpp"
#include "service/log/changes.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/log/log.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "service/second_person.hpp"
#include "tables/contacts.hpp"
#include "tables/reports.hpp"
#include <algorithm>
#include <vector>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;

std::string grouped(std::uint64_t number)
{
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

constexpr std::uint64_t kibi = 1024, mebi = kibi * kibi;

std::string bytes(std::uint64_t number)
{
    return number % mebi == 0   ? std::to_string(number / mebi) + " MiB"
           : number % kibi == 0 ? std::to_string(number / kibi) + " KiB"
                                : grouped(number) + " bytes";
}

std::string seconds(std::chrono::milliseconds time) { return grouped(static_cast<std::uint64_t>(time / 1s)) + " seconds"; }
std::string minutes(std::chrono::milliseconds time) { return std::to_string(time / 1min) + " minutes"; }
std::string hours(std::chrono::hours time) { return std::to_string(time.count()) + " hours"; }
std::string days(std::chrono::days time) { return std::to_string(time.count()) + " days"; }

std::string default_of(std::string_view key)
{
    for (const auto& setting : settings())
        if (setting.key == key)
            return std::string(setting.fallback);
    throw std::logic_error("no setting " + std::string(key));
}

std::uint64_t default_number(std::string_view key) { return std::stoull(default_of(key)); }

std::string max_length_of(const std::string& schema, const std::string& member)
{
    return grouped(json::SchemaSet::embedded().document(schema).at("properties").at(member).at("maxLength").get<std::uint64_t>());
}

struct Limit {
    std::string what, limit, beyond;
};

// No "|" stands in any of them.
std::string table_of(const std::string& title, const std::vector<Limit>& limits)
{
    std::string text = "\n## " + title + "\n\n| what | limit | beyond it |\n|---|---|---|\n";
    for (const auto& row : limits)
        text += "| " + row.what + " | " + row.limit + " | " + row.beyond + " |\n";
    return text;
}

std::string limits_of_requests()
{
    return table_of(
        "One request",
        {
            {"body, unless named below", bytes(http::default_body_limit_bytes), "`413`"},
            {"body of a nomination", bytes(api::nominations::body_limit_bytes), "`413`"},
            {"file of the note verbale in it", bytes(service::max_note_file_bytes), "`422`"},
            {"body of an attestation by note verbale", bytes(api::enrolments::body_limit_bytes), "`413`"},
            {"body of a batch", bytes(service::max_batch_bytes), "`413`"},
            {"items of a batch", grouped(service::max_batch_items), "`422 too_many_items`"},
            {"... of one with `mode=atomic`",
             grouped(service::max_atomic_items) + ", and " + bytes(service::max_atomic_bytes) + " of text when it has more than one",
             "`422 too_many_for_atomic`: send it with `mode=each`"},
            {"bodies above " + bytes(api::quick_body_bytes) + " that wait to be read", "1 at a time for each account", "`429`"},
            {"requests with a body above " + bytes(api::large_body_bytes) + " allowed (batches)", "1 at a time for each account", "`429`"},
            {"dry runs", "1 at a time for each account", "`429`"},
            {"what a dry run changes", bytes(std::uint64_t{store::TrialFiles::memory_kib} * 1024), "`503 unavailable`"},
            {"bodies of one State, or of one address without an account, that are read at once",
             bytes(default_number("body_memory_mib") * mebi / shares_of_body_memory) + ", *set by the operator*", "`429`"},
            {"bodies of all that are read at once", bytes(default_number("body_memory_mib") * mebi) + ", *set by the operator*",
             "`503` with `Retry-After`"},
            {"free space below which nothing new is taken, approvals and withdrawals are",
             "the smaller of " + default_of("least_free_percent") + " % and " + bytes(default_number("least_free_mib") * mebi) +
                 ", *set by the operator*",
             "`503 storage-low`"},
            {"address with its parameters", bytes(http::max_request_line_bytes), "`414`"},
            {"value of one parameter", bytes(api::max_parameter_bytes), "`400`"},
            {"headers together", bytes(http::max_header_bytes) + ", " + std::to_string(http::max_header_fields) + " of them", "`431`"},
            {"`Idempotency-Key`", std::to_string(api::max_idempotency_key_characters) + " characters", "`400`"},
            {"`client_ref`", max_length_of("report-create", "client_ref") + " characters", "`422`"},
            {"`narrative`, `challenges`", max_length_of("report-create", "narrative") + " characters", "`422`"},
            {"depth of JSON", std::to_string(json::max_depth), "`400`"},
            {"members of one JSON object", grouped(json::max_members_per_object), "`400`"},
            {"values of one JSON body, or item of a batch, on all levels", grouped(json::max_values_of_body), "`400`"},
            {"mistakes that one answer names", grouped(domain::max_violations_of_body), "the last is `more_errors`"},
            {"mistakes named of one item of a batch, of all its items",
             grouped(domain::max_violations_of_item) + ", " + grouped(domain::max_violations_of_batch), "the last is `more_errors`"},
            {"whole numbers", "±(2^53 - 1)", "`400`"},
        });
}

std::string limits_of_answers()
{
    return table_of(
        "One answer",
        {
            {"items of a list (`limit`)",
             "1 to " + grouped(api::max_page_items) + ", " + grouped(api::default_page_items) + " unless named",
             "`400`; ask for the next page"},
            {"reports that one page of a list looks at", grouped(std::stoll(default_of("list_steps"))) + ", *set by the operator*",
             "the page is short or empty, and has a `next`"},
            {"items of the change feed (`limit`)",
             "1 to " + grouped(service::max_changes) + ", " + grouped(service::default_changes) + " unless named", "`400`"},
            {"hashes of `/v1/log/leaves`", grouped(service::max_leaves), "`400`; without `to` the answer ends there"},
            {"contacts as CSV, vCard or JSContact", grouped(api::contacts::max_bulk_contacts), "`next` in the `Link` header"},
            {"`wait` of the change feed", "0 to " + seconds(std::chrono::seconds(api::changes::longest_wait_seconds)), "`400`"},
            {"streams of events of one credential", std::to_string(service::FeedWaiters::max_streams_per_credential), "`429`"},
            {"silence of a stream", seconds(api::changes::heartbeat), "a sign of life comes"},
        });
}

std::string limits_of_room()
{
    std::vector<Limit> limits;
    for (const auto& row : domain::quota_table)
        limits.push_back({"`" + std::string(row.name) + "`: " + std::string(row.what) + ", of " +
                              (row.of == domain::QuotaOf::home ? "one State or office" : "one account"),
                          grouped(static_cast<std::uint64_t>(row.limit)),
                          "`409 quota-exceeded` with `" + std::string(domain::name_of(row.rule)) + "`"});
    return table_of("How much room", limits);
}

std::string limits_of_rates()
{
    const http::Deadlines deadlines;
    return table_of(
        "How often",
        {
            {"requests of one account", default_of("account_requests_per_minute") + " a minute, *set by the operator*",
             "`429` with `Retry-After`"},
            {"requests without an account, from one address; wrong paths and methods too",
             default_of("peer_requests_per_minute") + " a minute, *set by the operator*", "`429` with `Retry-After`"},
            {"wrong credentials from one address", default_of("failed_credentials_per_minute") + " a minute, *set by the operator*",
             "`429` with `Retry-After`"},
            {"preparations at once (exports, batches, keys)",
             "1 for each account; " + std::to_string(api::max_anonymous_preparations) + " for all without an account", "`429`"},
            {"writes of one State or office that wait", grouped(store::Writer::max_queued_jobs_of_home), "`429`"},
            {"connections from one address", default_of("max_connections_per_peer") + ", *set by the operator*",
             "the oldest idle one is closed, or the new one"},
            {"TLS handshakes in progress from one address", default_of("max_handshakes_per_peer") + ", *set by the operator*",
             "the oldest one is closed"},
            {"connections of everybody without an account", default_of("max_anonymous_connections") + ", *set by the operator*",
             "the oldest idle one is closed: open a new one"},
            {"... with a token", default_of("max_token_connections") + ", *set by the operator*", "counted with those without an account"},
            {"... with a client certificate", default_of("max_certificate_connections") + ", *set by the operator*",
             "the oldest idle one is closed: open a new one"},
            {"TLS handshake", seconds(deadlines.handshake), "the connection is closed"},
            {"headers of a request", seconds(deadlines.header), "`408`"},
            {"body and answer", bytes(deadlines.progress_bytes) + " in each " + seconds(deadlines.progress),
             "`408`, or the connection is closed"},
            {"pause between two requests on one connection", seconds(deadlines.idle), "the connection is closed: open a new one"},
            {"life of a connection with a client certificate", minutes(deadlines.certificate_connection),
             "the last answer says `Connection: close`; a stream of events ends: open a new one"},
        });
}

std::string limits_of_time()
{
    return table_of(
        "How long",
        {
            {"life of a token",
             "1 to " + grouped(service::max_token_days) + " days, " + grouped(service::default_token_days) + " unless named", "`401`"},
            {"a token and all that renew it live", "at most " + grouped(service::max_token_days) + " days together", "`409 conflict`"},
            {"an enrolment can be used for", days(service::enrolment_life), "`409 conflict`"},
            {"one that comes of a note verbale can be used for", days(service::founding_life), "`409 conflict`"},
            {"wrong codes of an enrolment", std::to_string(service::enrolment_tries), "it ends"},
            {"an `Idempotency-Key` is known for", default_of("idempotency_days") + " days, *set by the operator*",
             "the same request is a new one"},
            {"a `client_ref` is known for", "ever", ""},
            {"the result of a batch can be read for", default_of("idempotency_days") + " days, *set by the operator*", "`404`"},
            {"a delegation", "at most " + days(service::max_delegation), "`422`"},
            {"witness keys of one State in use", std::to_string(service::max_witness_keys), "`409 conflict`"},
            {"a witness's clock may differ by", seconds(service::witness_clock_tolerance), "`422`"},
            {"a proposal waits for", days(service::max_waiting), "the portal ends it"},
            {"a decision to erase waits for", default_of("erasure_delay_days") + " days, *set by the operator*",
             "the portal carries it out"},
            {"one official who acts alone can confirm again after", hours(service::second_thought), "before it: `403` with `asked_again`"},
            {"who is named by a note while somebody is suspended only reads and drafts for", days(service::waiting_time),
             "before it: `403` with `without_authority`"},
            {"withdrawals of one account in an hour of which its State is not told", std::to_string(service::withdrawals_without_notice),
             "the State is told"},
            {"all that was withdrawn then can be put back for", days(service::restoring_stands_for), "the portal ends the proposal"},
            {"the log's size, as accounts see it, moves every",
             seconds(std::chrono::seconds(std::stoll(default_of("account_log_interval_seconds")))) + ", *set by the operator*",
             "`404 beyond-published-size`"},
            {"the log's size, as everybody else sees it, moves every",
             seconds(std::chrono::seconds(std::stoll(default_of("public_log_interval_seconds")))) + ", *set by the operator*",
             "`404 beyond-published-size`"},
        });
}

TEST(Docs, TheLimitsAreThoseOfTheProgram)
{
    expect_generated("server/docs/limits.md", {{"limits", limits_of_requests() + limits_of_answers() + limits_of_room() +
                                                              limits_of_rates() + limits_of_time() + "\n"}});
}

std::string scopes_as_markdown()
{
    std::string text = "| scope | what a token with it may do, as far as its account may |\n|---|---|\n";
    for (std::size_t i = 0; i < domain::token_scope_count; ++i) {
        const auto scope = static_cast<domain::TokenScope>(i);
        std::string operations = scope == domain::TokenScope::read ? "every `GET`" : "";
        for (const auto& route : api::routes()) {
            const bool is_read = route.method == api::Method::get;
            EXPECT_TRUE(!is_read || domain::scope_of(route.permission.permission) == domain::TokenScope::read)
                << route.path << " needs more than read";
            const bool is_asked = std::any_of(route.one_of.begin(), route.one_of.end(), [scope](const api::OneOf& row) {
                return std::any_of(row.permissions.begin(), row.permissions.end(),
                                   [scope](domain::Permission permission) { return domain::scope_of(permission) == scope; });
            });
            if (!is_read && (is_asked || (route.one_of.empty() && domain::scope_of(route.permission.permission) == scope)))
                operations +=
                    (operations.empty() ? "`" : ", `") + std::string(api::name_of(route.method)) + " " + std::string(route.path) + "`";
        }
        text += "| `" + std::string(domain::name_of(scope)) + "` | " + operations + " |\n";
    }
    return text;
}

TEST(Docs, TheScopesAreThoseOfTheRouteTable) { expect_generated("server/docs/credentials.md", {{"scopes", scopes_as_markdown()}}); }

std::string problems_as_markdown()
{
    std::vector<domain::ErrorRow> rows(domain::error_table.begin(), domain::error_table.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.status < b.status; });
    std::string text = "| status | code | meaning |\n|---|---|---|\n";
    for (const auto& row : rows) {
        const std::string slug(row.slug);
        text += "| " + std::to_string(row.status) + " | [" + slug + "](/problems/" + slug + ") | " +
                i18n::text(i18n::Language::en, "problem." + slug + ".title") + " |\n";
    }
    return text;
}

std::string verifiers_as_markdown()
{
    std::string text = "| program | SHA-256 |\n|---|---|\n";
    for (const auto& file : base::embedded::verifiers()) {
        const std::string name(file.name);
        text += "| [" + name + "](/programs/" + name + ") | `" + base::hex(base::sha256(file.bytes)) + "` |\n";
    }
    return text;
}

std::string words_as_markdown()
{
    std::string text = "| step | without a statement, where your State has set `require_signature` |\n|---|---|\n";
    for (const auto& row : domain::event_table)
        if (row.signing != domain::Signing::none)
            text += "| `" + std::string(row.name) + "` | " + (row.signing == domain::Signing::due ? "refused" : "accepted") + " |\n";
    return text;
}

TEST(Docs, EveryStepThatAStateCanSignIsListed) { expect_generated("server/docs/statements.md", {{"words", words_as_markdown()}}); }

TEST(Docs, TheVerifiersAreThoseThatCanBeDownloaded)
{
    expect_generated("server/docs/verification.md", {{"verifiers", verifiers_as_markdown()}});
}

// Rule 27h: what nobody needs to do comes first, and of each who could do harm it is said what, and who would see it.
TEST(Docs, WhatIsSaidOfProofsIsSaidHonestly)
{
    const auto page = text_of(source("server/docs/verification.md")), signing = text_of(source("server/docs/statements.md"));
    EXPECT_TRUE(page.starts_with("# Verification\n\n**A State need do none of this to take part.**"));
    EXPECT_TRUE(signing.starts_with("# Your State's own signature\n\n**A State need not sign anything to take part.**"));
    const auto from = page.find("## Who could do what"), until = page.find("\n## ", from + 1);
    ASSERT_NE(from, std::string::npos);
    EXPECT_LT(page.find("## What each proof shows"), from);
    const auto table = page.substr(from, until - from);
    for (const auto* who : {"a thief of one token", "a nominator", "the secretariat", "the operator", "a thief of the log's key"})
        EXPECT_NE(table.find(std::string("\n| ") + who), std::string::npos) << who;
}

TEST(Docs, EveryProblemIsListed) { expect_generated("server/docs/errors.md", {{"problems", problems_as_markdown()}}); }

// One word of each kind of recipient, and how a page says all of its kind.
const std::vector<std::pair<std::string, std::string>> kinds_of_recipients{{"public", "`public`"},
                                                                           {"members", "`members`"},
                                                                           {"state:PE", "States"},
                                                                           {"office:chair", "offices"},
                                                                           {"account:7d6f2a41-93c5-4e0b-8a17-5c2be09d4f36", "accounts"}};

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string labels_as_markdown()
{
    const domain::StateCode own{"CL"};
    const domain::AccountId author("5b0c1c11-6a1f-4d5e-9f0a-2b7d1c9e8f11");
    std::string text = "| label | recipients, unless you name them | may be named |\n|---|---|---|\n";
    for (const auto label :
         {domain::Label::clear, domain::Label::green, domain::Label::amber, domain::Label::amber_strict, domain::Label::red}) {
        std::vector<std::string> unless_named, may_be_named;
        for (const auto& recipient : domain::make_audience(label, {}, own, author).value().recipients)
            unless_named.push_back(recipient == "state:CL"             ? "your own State"
                                   : recipient.starts_with("account:") ? "the author's account"
                                                                       : "`" + recipient + "`");
        for (const auto& [word, kind] : kinds_of_recipients)
            if (domain::make_audience(label, {word}, own, author))
                may_be_named.push_back(kind);
        text += "| `" + std::string(domain::name_of(label)) + "` | " + joined(unless_named) + " | " + joined(may_be_named) + " |\n";
    }
    return text;
}

TEST(Docs, TheLabelsAreThoseOfTheAudienceTable) { expect_generated("server/docs/reports.md", {{"labels", labels_as_markdown()}}); }

TEST(Docs, EveryColumnOfTheTableOfReportsIsExplained)
{
    const auto page = text_of(source("server/docs/batches.md"));
    for (const auto column : service::report_columns)
        EXPECT_NE(page.find("`" + std::string(column) + "`"), std::string::npos) << column;
}

// What an engineer acts on: each status that the portal can give has its row in "What to do".
TEST(Docs, EveryStatusOfAProblemHasAnAdvice)
{
    const auto page = text_of(source("server/docs/errors.md"));
    const auto advice = page.substr(page.find("## What to do"), page.find("## Send again, safely") - page.find("## What to do"));
    for (const auto& row : domain::error_table) {
        if (row.status == 405 || row.status == 406)  // an operation or a form that /openapi.json does not have
            continue;
        EXPECT_NE(advice.find("`" + std::to_string(row.status) + "`"), std::string::npos) << row.status << " " << row.slug;
    }
}

}  // namespace
}  // namespace cbmx::test
