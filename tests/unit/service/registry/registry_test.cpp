// The rules of States, measures, periods and reference documents, over a database that holds the real catalogue.
#include "base/bytes.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/membership.hpp"
#include "service/registry/seed.hpp"
#include "store/log/entries.hpp"
#include "support/service_fixture.hpp"

namespace cbmx {
namespace {

using domain::ErrorCode;
using domain::Rule;
using Value = nlohmann::json;
using service::Outcome;
using service::Representation;
using store::Connection;
using store::Transaction;
using test::refusal;

constexpr auto en = i18n::Language::en;
constexpr std::int64_t whole_registry = 100;
const auto no_condition = service::ExpectedVersion();

class Registry : public test::ServiceFixture {
protected:
    void SetUp() override
    {
        first_ = static_cast<domain::Seq>(ledger_size());
        const auto seeded = write([](Transaction& transaction) -> domain::Result<bool> {
            transaction.db().run("DELETE FROM state");  // the fixture's own two: the catalogue goes into empty tables
            service::seed_registry(transaction, domain::machine_operator());
            return true;
        });
        ASSERT_TRUE(seeded);
        secretariat_ = someone("office:secretariat", {"secretariat"});
    }

    template <class Get, class Id>
    Value shown(Get get, const Principal& principal, const Id& id, i18n::Language language = en)
    {
        return read([&](Connection& connection) { return get(connection, principal, language, id).value().body; });
    }
    Value state(const Principal& principal, const std::string& code) { return shown(&service::get_state, principal, code); }
    domain::Result<Outcome> change_state(const Principal& principal, const std::string& code, const Value& patch,
                                         service::ExpectedVersion expected = no_condition)
    {
        return write([&](Transaction& transaction) { return service::change_state(transaction, principal, code, expected, patch); });
    }
    // What the rules of States find in Chile's record with these members.
    std::vector<domain::Violation> faults_of(const Value& members)
    {
        auto record = state(secretariat_, "CL").at("content");
        record.update(members);
        return service::check_state(record);
    }
    domain::Result<Outcome> create_measure(const Principal& principal, const Value& body)
    {
        return write([&](Transaction& transaction) { return service::create_measure(transaction, principal, body); });
    }
    domain::Result<Outcome> create_period(const Value& body)
    {
        return write([&](Transaction& transaction) { return service::create_period(transaction, secretariat_, body); });
    }
    domain::Result<Outcome> create_document(const Value& body)
    {
        return write([&](Transaction& transaction) { return service::create_document(transaction, secretariat_, body); });
    }
    domain::Result<Outcome> change_document(const std::string& id, const Value& patch)
    {
        return write([&](Transaction& transaction) {
            return service::change_document(transaction, secretariat_, domain::DocumentId(id), no_condition, patch);
        });
    }
    std::vector<std::string> documents(const service::DocumentFilter& filter, const Principal& principal = domain::anonymous())
    {
        return read([&](Connection& connection) {
            std::vector<std::string> ids;
            for (const auto& item : service::list_documents(connection, principal, en, filter, whole_registry, "").value().items)
                ids.push_back(item.at("id").get<std::string>());
            return ids;
        });
    }
    // Salt and content of the representation open the commitment of the entry that its meta names.
    void expect_opens(const Value& representation)
    {
        const auto salt = base::to_hash(base::from_base64(representation.at("salt").get<std::string>()).value()).value();
        read([&](Connection& connection) {
            auto rows =
                connection.query("SELECT body FROM ledger_entry WHERE seq = ?1", representation.at("meta").at("seq").get<std::int64_t>());
            EXPECT_TRUE(rows.next());
            const auto entry = ledger::parse_entry(rows.text(0)).value();
            EXPECT_EQ(entry.commitment, ledger::commitment(ledger::Part::commitment, entry.kind, entry.seq, salt,
                                                           json::canonical(representation.at("content"))));
            return true;
        });
    }

    Principal secretariat_;
    domain::Seq first_ = 0;  // entry of the seed
};

const Value new_measure{
    {"code", "OAS-CBM-12"},
    {"adopted", "2027, CICTE XXVII"},
    {"adopted_year", 2027},
    {"labels", {{"en", "New"}, {"es", "Nueva"}, {"fr", "Nouvelle"}, {"pt", "Nova"}}},
    {"texts", Value::array({Value{{"language", "en"}, {"text", "Text."}, {"source", "unconfirmed"}, {"official", false}}})}};
const Value new_period{
    {"code", "2027-A"}, {"label", {{"en", "A"}, {"es", "A"}, {"fr", "A"}, {"pt", "A"}}}, {"from", "2027-01-01"}, {"until", "2027-06-30"}};
const Value new_document{{"state", "CL"},        {"year", 2030},         {"language", "es"},         {"kind", "law"},
                         {"title", "Ley Marco"}, {"confidence", "high"}, {"source", "public record"}};

TEST_F(Registry, ANewPortalHoldsTheCatalogueWithOneEntryPerRow)
{
    read([&](Connection& connection) {
        const auto count = [&connection](store::Sql sql, const auto&... arguments) {
            auto rows = connection.query(sql, arguments...);
            rows.next();
            return rows.integer(0);
        };
        EXPECT_EQ(count("SELECT count(*) FROM state"), 35);
        EXPECT_EQ(count("SELECT count(*) FROM measure"), 11);
        EXPECT_EQ(count("SELECT count(*) FROM period"), 2);
        EXPECT_EQ(count("SELECT count(*) FROM document"), 36);
        EXPECT_EQ(count("SELECT count(*) FROM ledger_entry WHERE seq >= ?1 AND actor_role = 'operator' AND subject_kind IN ('state', "
                        "'measure', 'period', 'document')",
                        first_),
                  84);
        return true;
    });
}

TEST_F(Registry, EveryAnswerFitsItsSchema)
{
    const auto& schemas = json::SchemaSet::embedded();
    const auto expect_fits = [&schemas](const char* schema, const service::Page& page, std::size_t items) {
        EXPECT_EQ(page.items.size(), items);
        for (const auto& item : page.items)
            for (const auto& violation : schemas.validate(schema, item))
                ADD_FAILURE() << schema << violation.pointer << " " << domain::name_of(violation.rule) << " in " << item;
    };
    for (const auto& principal : {domain::anonymous(), secretariat_})
        read([&](Connection& connection) {
            expect_fits("state", service::list_states(connection, principal, en, whole_registry, "").value(), 35);
            expect_fits("measure", service::list_measures(connection, principal, en, whole_registry, "").value(), 11);
            expect_fits("period", service::list_periods(connection, principal, en, whole_registry, "").value(), 2);
            expect_fits("document", service::list_documents(connection, principal, en, {}, whole_registry, "").value(), 36);
            return true;
        });
}

TEST_F(Registry, SaltAndContentOpenTheCommitment)
{
    expect_opens(state(domain::anonymous(), "CL"));
    ASSERT_TRUE(change_state(secretariat_, "CL", {{"languages", {"es", "arn"}}}));
    const auto after = state(domain::anonymous(), "CL");
    expect_opens(after);
    EXPECT_EQ(after.at("content").at("languages"), Value({"es", "arn"}));
    EXPECT_EQ(after.at("meta").at("version"), 2);
    expect_opens(shown(&service::get_measure, domain::anonymous(), "OAS-CBM-1"));
    expect_opens(shown(&service::get_period, domain::anonymous(), "2025-2026"));
    expect_opens(shown(&service::get_document, domain::anonymous(), domain::DocumentId(documents({}).front())));
}

TEST_F(Registry, SeeNoteIsShownToTheSecretariatAlone)
{
    const auto theirs = state(secretariat_, "VE");
    EXPECT_EQ(theirs.at("content").at("membership")[0].at("status"), "see_note");
    EXPECT_TRUE(theirs.at("content").contains("note"));
    expect_opens(theirs);
    for (const auto& principal : {domain::anonymous(), someone("state:VE", {"nominator"}), someone("state:CL", {"approver"}),
                                  someone("office:chair", {"chair"}), someone("office:audit", {"auditor"})}) {
        const auto others = state(principal, "VE");
        EXPECT_TRUE(others.at("content").at("membership")[0].at("status").is_null());
        EXPECT_FALSE(others.at("content").contains("note"));
        EXPECT_TRUE(others.at("salt").is_null());
        EXPECT_EQ(others.dump().find("see_note"), std::string::npos);
    }
}

TEST_F(Registry, SeeNoteNeedsANote)
{
    EXPECT_TRUE(refusal(change_state(secretariat_, "VE", {{"note", nullptr}})).names("/note", Rule::required));
    EXPECT_TRUE(change_state(secretariat_, "VE", {{"note", "Another reference."}}));
    EXPECT_TRUE(state(domain::anonymous(), "VE").at("salt").is_null());
}

TEST_F(Registry, OnlyTheSecretariatWrites)
{
    for (const auto& principal :
         {domain::anonymous(), someone("state:CL", {"nominator", "approver"}), someone("office:chair", {"chair"})}) {
        EXPECT_EQ(refusal(change_state(principal, "CL", {{"languages", {"es"}}})).code, ErrorCode::forbidden);
        EXPECT_EQ(refusal(create_measure(principal, new_measure)).code, ErrorCode::forbidden);
    }
    read([&](Connection& connection) {
        EXPECT_TRUE(service::get_state(connection, secretariat_, en, "CL").value().tag);
        EXPECT_FALSE(service::get_state(connection, domain::anonymous(), en, "CL").value().tag);
        return true;
    });
}

TEST_F(Registry, AStaleVersionIsRefusedAndChangesNothing)
{
    ASSERT_TRUE(change_state(secretariat_, "PE", {{"languages", {"es", "qu"}}}, 1));
    const auto size = ledger_size();
    EXPECT_EQ(refusal(change_state(secretariat_, "PE", {{"languages", {"es"}}}, 1)).code, ErrorCode::precondition_failed);
    EXPECT_EQ(refusal(change_state(secretariat_, "XX", {{"languages", {"es"}}}, 1)).code, ErrorCode::not_found);
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Registry, AChangeIsOneEntryAndNoChangeIsNone)
{
    const auto size = ledger_size();
    const auto changed = change_state(secretariat_, "CL", {{"names", {{"fr", "Le Chili"}}}});
    EXPECT_EQ(changed.value().seq, static_cast<domain::Seq>(size));
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"state_changed"});
    EXPECT_EQ(state(secretariat_, "CL").at("content").at("names"),
              Value({{"en", "Chile"}, {"es", "Chile"}, {"fr", "Le Chili"}, {"pt", "Chile"}}));
    EXPECT_FALSE(change_state(secretariat_, "CL", {{"names", {{"fr", "Le Chili"}}}}).value().seq);
    EXPECT_EQ(ledger_size(), size + 1);
    EXPECT_EQ(state(secretariat_, "CL").at("meta").at("version"), 2);
}

TEST_F(Registry, DatedFactsAreInOrderAndDoNotOverlap)
{
    const auto row = [](bool takes_part, const Value& from, const Value& until) {
        return Value{{"participates", takes_part}, {"from", from}, {"until", until}};
    };
    const auto faults = [&](const Value& rows) {
        return test::Refusal{ErrorCode::validation_failed, faults_of({{"participation", rows}})};
    };
    EXPECT_TRUE(faults({row(true, nullptr, nullptr), row(false, "2027-01-01", nullptr)}).names("/participation/0/until", Rule::required));
    EXPECT_TRUE(
        faults({row(true, nullptr, "2027-02-01"), row(false, "2027-01-01", nullptr)}).names("/participation/1/from", Rule::invalid_value));
    EXPECT_TRUE(
        faults({row(true, nullptr, "2027-02-01"), row(false, nullptr, nullptr)}).names("/participation/1/from", Rule::invalid_value));
    EXPECT_TRUE(faults(Value::array({row(true, "2027-01-01", "2027-01-01")})).names("/participation/0/until", Rule::invalid_value));
    EXPECT_TRUE(faults({row(true, nullptr, "2027-01-01"), row(false, "2027-01-01", nullptr)}).violations.empty());
    EXPECT_TRUE(faults({row(true, nullptr, "2027-01-01"), row(false, "2028-01-01", nullptr)}).violations.empty()) << "a gap is allowed";
}

TEST_F(Registry, EveryViolationIsNamedAtOnce)
{
    const test::Refusal refused{
        ErrorCode::validation_failed,
        faults_of({{"time_zone", "America/Atlantis"},
                   {"membership", Value::array({Value{{"status", "active"}, {"from", "2020-01-01"}, {"until", "2019-01-01"}}})}})};
    EXPECT_TRUE(refused.names("/time_zone", Rule::format));
    EXPECT_TRUE(refused.names("/membership/0/until", Rule::invalid_value));
    EXPECT_EQ(refused.violations.size(), 2U);
}

TEST_F(Registry, AStateThatStopsTakingPartMakesKnownCallersStale)
{
    const auto before = database().writer().generation();
    const Value body{{"state", "CL"}, {"decision", Value::object()}, {"participation", {{"participates", false}, {"from", "2026-01-01"}}}};
    ASSERT_TRUE(write([&](Transaction& transaction) {
        return service::carry_out_membership_change(transaction, secretariat_, body, domain::Permission::proposal_decide);
    }));
    EXPECT_FALSE(database().writer().principals_stand(domain::Home::from("state:CL"), before));
    EXPECT_TRUE(database().writer().principals_stand(domain::Home::from("state:PE"), before));
}

TEST_F(Registry, AMeasureTakesItsNumberFromItsCode)
{
    ASSERT_TRUE(create_measure(secretariat_, new_measure));
    const auto measure = shown(&service::get_measure, domain::anonymous(), "OAS-CBM-12");
    EXPECT_EQ(measure.at("content").at("number"), 12);
    EXPECT_EQ(measure.at("content").at("confirmed"), false);
    EXPECT_TRUE(refusal(create_measure(secretariat_, new_measure)).names("/code", Rule::already_exists));
    EXPECT_FALSE(service::number_in_measure_code("OAS-CBM-07"));
    EXPECT_FALSE(service::number_in_measure_code("OAS-CBM-"));
    EXPECT_FALSE(service::number_in_measure_code("OSCE-1"));
    EXPECT_EQ(service::number_in_measure_code("OAS-CBM-7"), 7);
}

TEST_F(Registry, UnofficialTextIsSaidToBeSoInTheCallersLanguage)
{
    for (const auto language : i18n::all_languages)
        EXPECT_EQ(shown(&service::get_measure, domain::anonymous(), "OAS-CBM-7", language).at("meta").at("unofficial"),
                  i18n::text(language, "meta.unofficial_text"));
    auto official = new_measure;
    official["labels_official"] = true;
    official["texts"][0]["official"] = true;
    ASSERT_TRUE(create_measure(secretariat_, official));
    EXPECT_TRUE(shown(&service::get_measure, domain::anonymous(), "OAS-CBM-12").at("meta").at("unofficial").is_null());
}

TEST_F(Registry, ListsPageInOrderWithoutLossOrRepetition)
{
    std::vector<std::string> codes;
    std::string after;
    do {
        const auto page =
            read([&](Connection& connection) { return service::list_measures(connection, domain::anonymous(), en, 4, after).value(); });
        for (const auto& item : page.items)
            codes.push_back(item.at("id").get<std::string>());
        after = page.next.value_or("");
    } while (!after.empty());
    ASSERT_EQ(codes.size(), 11U);
    for (std::size_t i = 0; i < codes.size(); ++i)
        EXPECT_EQ(codes[i], "OAS-CBM-" + std::to_string(i + 1));
    read([&](Connection& connection) {
        EXPECT_EQ(refusal(service::list_measures(connection, domain::anonymous(), en, 4, "nonsense")).code, ErrorCode::invalid_parameter);
        EXPECT_FALSE(service::list_states(connection, domain::anonymous(), en, 35, "").value().next) << "no next page when nothing follows";
        return true;
    });
}

TEST_F(Registry, APeriodBeginsBeforeItEndsAndMayLoseItsDueDate)
{
    auto backwards = new_period;
    backwards["until"] = "2026-12-31";
    EXPECT_TRUE(refusal(create_period(backwards)).names("/until", Rule::invalid_value));
    ASSERT_TRUE(create_period(new_period));
    EXPECT_TRUE(refusal(create_period(new_period)).names("/code", Rule::already_exists));
    const auto change = [&](const Value& patch) {
        return write(
            [&](Transaction& transaction) { return service::change_period(transaction, secretariat_, "2027-A", no_condition, patch); });
    };
    ASSERT_TRUE(change({{"due", "2027-05-01"}}));
    ASSERT_TRUE(change({{"due", nullptr}}));
    const auto period = shown(&service::get_period, domain::anonymous(), "2027-A");
    EXPECT_TRUE(period.at("content").at("due").is_null());
    EXPECT_EQ(period.at("meta").at("version"), 3);
    EXPECT_TRUE(refusal(change({{"from", "2027-07-01"}})).names("/until", Rule::invalid_value));
}

TEST_F(Registry, ADocumentCarriesItsNoticeUntilTheStateHasVerifiedIt)
{
    const auto id = create_document(new_document).value().id;
    EXPECT_EQ(shown(&service::get_document, domain::anonymous(), domain::DocumentId(id), i18n::Language::pt).at("meta").at("notice"),
              i18n::text(i18n::Language::pt, "meta.compiled_notice"));
    ASSERT_TRUE(change_document(id, {{"verified_with_state", true}, {"issuer", "Congreso Nacional"}}));
    const auto verified = shown(&service::get_document, domain::anonymous(), domain::DocumentId(id));
    EXPECT_TRUE(verified.at("meta").at("notice").is_null());
    EXPECT_EQ(verified.at("content").at("issuer"), "Congreso Nacional");
    ASSERT_TRUE(change_document(id, {{"issuer", nullptr}}));
    EXPECT_FALSE(shown(&service::get_document, domain::anonymous(), domain::DocumentId(id)).at("content").contains("issuer"));
}

TEST_F(Registry, ADocumentIsAboutAKnownState)
{
    auto elsewhere = new_document;
    elsewhere["state"] = "ZZ";
    EXPECT_TRUE(refusal(create_document(elsewhere)).names("/state", Rule::unknown_state));
    const auto id = create_document(new_document).value().id;
    EXPECT_TRUE(refusal(change_document(id, {{"state", "ZZ"}})).names("/state", Rule::unknown_state));
}

TEST_F(Registry, DocumentsAreFilteredByWhatTheirRecordsSay)
{
    const auto id = create_document(new_document).value().id;
    const auto found = [&](const service::DocumentFilter& filter) { return documents(filter) == std::vector<std::string>{id}; };
    EXPECT_TRUE(found({.state = "CL", .year = 2030, .language = "ES", .kind = "law"}));
    EXPECT_TRUE(documents({.state = "BZ", .year = 2030, .kind = "law"}).empty());
    ASSERT_TRUE(change_document(id, {{"year", 2031}, {"state", "BZ"}}));
    EXPECT_TRUE(found({.state = "BZ", .year = 2031}));
    EXPECT_TRUE(found({.changed_since = static_cast<domain::Seq>(ledger_size()) - 2}));
    EXPECT_TRUE(documents({.changed_since = static_cast<domain::Seq>(ledger_size()) - 1}).empty());
}

TEST_F(Registry, AnonymousCallersLearnNoNumberBeyondThePublicLog)
{
    const auto size = static_cast<domain::Seq>(ledger_size());
    const auto id = create_document(new_document).value().id;
    ASSERT_TRUE(change_state(secretariat_, "CL", {{"languages", {"es", "arn"}}}));
    auto anyone = domain::anonymous();
    anyone.visibility.visible_before = size;
    EXPECT_TRUE(state(anyone, "CL").at("meta").at("seq").is_null());
    EXPECT_TRUE(state(anyone, "PE").at("meta").at("seq").is_number());
    EXPECT_TRUE(documents({.changed_since = size - 1}, anyone).empty());
    EXPECT_EQ(documents({.changed_since = size - 1}, secretariat_), std::vector<std::string>{id});
    EXPECT_EQ(documents({.kind = "law", .changed_since = {}}, anyone).size(), documents({.kind = "law"}, secretariat_).size())
        << "the record itself is not held back";
}

TEST_F(Registry, AColumnChangedWithoutAnEntryShowsInTheRecord)
{
    const auto id = documents({}).front();
    const auto before = read([&](Connection& connection) { return service::document_record(connection, domain::DocumentId(id)); });
    write([&](Transaction& transaction) -> domain::Result<bool> {
        transaction.db().run("UPDATE document SET year = year + 1 WHERE id = ?1", id);
        EXPECT_NE(service::document_record(transaction.db(), domain::DocumentId(id)), before);
        transaction.db().run("UPDATE document SET year = year - 1 WHERE id = ?1", id);
        return true;
    });
    write([&](Transaction& transaction) -> domain::Result<bool> {
        const auto measure = service::measure_record(transaction.db(), "OAS-CBM-3");
        transaction.db().run("UPDATE measure SET number = 30 WHERE code = 'OAS-CBM-3'");
        EXPECT_NE(service::measure_record(transaction.db(), "OAS-CBM-3"), measure);
        transaction.db().run("UPDATE measure SET number = 3 WHERE code = 'OAS-CBM-3'");
        return true;
    });
}

}  // namespace
}  // namespace cbmx
