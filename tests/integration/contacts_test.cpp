// The directory as it is read: who sees how much, whom to call now, what is to be confirmed, and in which formats.
#include "i18n/texts.hpp"
#include "integration/proofs.hpp"
#include "verify/verify.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

std::string contact_path(const std::string& id, const std::string& step = "")
{
    return "/v1/contacts/" + id + (step.empty() ? "" : "/" + step);
}

class Contacts : public Portal {
protected:
    std::vector<std::string> found(const Who& who, const std::string& query)
    {
        std::vector<std::string> ids;
        const auto answer = as(who).get("/v1/contacts?" + query).is(200).json();
        for (const auto& item : answer.at("items"))
            ids.push_back(item.at("id").get<std::string>());
        return ids;
    }
    // The portal's clock begins on Friday 15 January 2027, 08:00 UTC.
    void until(std::chrono::minutes after_start)
    {
        portal().advance(after_start - std::chrono::duration_cast<std::chrono::minutes>(portal().now() - start));
    }
    const domain::Instant start{std::chrono::milliseconds(1'800'000'000'000)};
};

TEST_F(Contacts, AreNeverPublic)
{
    const auto id = portal().listed("CL");
    as(anyone()).get("/v1/contacts").is_problem(401, "unauthenticated");
    as(anyone()).get(contact_path(id)).is_problem(401, "unauthenticated");
    as(anyone()).get("/v1/contacts.ics").is_problem(401, "unauthenticated");
    as(auditor()).get("/v1/contacts").is_problem(403, "forbidden");
    EXPECT_EQ(as(anyone()).get("/v1/changes?limit=1000").body().find(id), std::string::npos);
}

TEST_F(Contacts, ParticipatingStatesAndTheSecretariatSeeTheWholeChairAndReviewersTheReducedScope)
{
    const auto id = portal().listed("CL", a_contact({{"person", "Ana Prueba"}, {"position", "Directora"}}));
    for (const auto& who : {contact_of("PE"), drafter_of("BR"), approver_of("CL"), secretariat()})
        EXPECT_EQ(as(who).get(contact_path(id)).is(200).json()["content"]["person"], "Ana Prueba") << who.key();
    for (const auto& who : {reviewer(), chair()}) {
        const auto seen = as(who).get(contact_path(id)).is(200).json();
        EXPECT_EQ(seen["content"], (Json{{"id", id},
                                         {"state", "CL"},
                                         {"category", "foreign_affairs"},
                                         {"office", "Oficina de Ciberdiplomacia"},
                                         {"institution", "Ministerio de prueba"},
                                         {"languages", {"es", "en"}}}));
        EXPECT_EQ(seen["meta"]["scope"], "minimal");
        EXPECT_TRUE(seen["salt"].is_null());
        EXPECT_TRUE(seen["meta"]["reachable_now"].is_null());
        EXPECT_EQ(seen["meta"]["freshness"], "current");
        EXPECT_TRUE(as(who).get("/v1/receipts/" + seen["meta"]["seq"].dump()).is(200).json()["opening"].is_null());
    }
    // A State that does not participate reads its own alone.
    as(contact_of("CU")).get(contact_path(id)).is_problem(404, "not-found");
    EXPECT_EQ(found(contact_of("CU"), "").size(), 0U);
    const auto own = portal().listed("BR");
    portal().decided("BR", {{"participation", {{"participates", false}, {"from", "2027-01-01"}}}});
    portal().advance(std::chrono::days(1));
    EXPECT_EQ(found(contact_of("BR"), ""), std::vector<std::string>{own});
}

TEST_F(Contacts, WhoeverAsksForTheReducedScopeGetsIt)
{
    const auto id = portal().listed("CL", a_contact({{"person", "Ana Prueba"}}));
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(id) + "?scope=minimal").is(200).body().find("Prueba"), std::string::npos);
    EXPECT_EQ(as(contact_of("PE")).get("/v1/contacts?scope=minimal").is(200).body().find("Prueba"), std::string::npos);
    for (const char* format : {"text/csv", "text/vcard", "application/jscontact+json"})
        EXPECT_EQ(as(contact_of("PE")).get("/v1/contacts?scope=minimal", {{"Accept", format}}).is(200).body().find("Prueba"),
                  std::string::npos)
            << format;
}

TEST_F(Contacts, AStateLeavesOthersTheReducedScope)
{
    const auto id = portal().listed("CL", a_contact({{"person", "Ana Prueba"}}));
    as(nominator_of("PE"))
        .post(contact_path(id, "audience"), {{"minimal_for", {"members"}}}, {{"If-Match", "\"1-\""}})
        .is_problem(403, "forbidden");
    as(drafter_of("CL"))
        .post(contact_path(id, "audience"), {{"minimal_for", {"members"}}}, {{"If-Match", "\"1-\""}})
        .is_problem(403, "forbidden");
    const auto done = as(nominator_of("CL")).post(contact_path(id, "audience"), {{"minimal_for", {"state:PE"}}}).is(200).has_receipt();
    EXPECT_EQ(done.json()["meta"]["minimal_for"], Json({"state:PE"}));
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(id)).json()["meta"]["scope"], "minimal");
    EXPECT_TRUE(as(contact_of("PE")).get(contact_path(id)).json()["meta"]["minimal_for"].is_null());
    EXPECT_EQ(as(contact_of("BR")).get(contact_path(id)).json()["meta"]["scope"], "full");
    as(nominator_of("CL")).post(contact_path(id, "audience"), {{"minimal_for", {"members"}}}).is(200);
    EXPECT_EQ(as(contact_of("BR")).get(contact_path(id)).json()["meta"]["scope"], "minimal");
    EXPECT_EQ(as(contact_of("CL")).get(contact_path(id)).json()["meta"]["scope"], "full");
    EXPECT_EQ(as(secretariat()).get(contact_path(id)).json()["meta"]["scope"], "full");
    auto reduced_from_the_start = a_nomination(a_contact({{"person", "Berta Prueba"}}));
    reduced_from_the_start["minimal_for"] = {"members"};
    const auto nomination = as(nominator_of("CL")).post("/v1/nominations", reduced_from_the_start);
    as(secretariat()).post("/v1/nominations/" + nomination.created_id() + "/accept").is(200);
    EXPECT_EQ(as(contact_of("BR")).get("/v1/changes?limit=1000").body().find("Berta"), std::string::npos);
    const auto report = service::verify((portal().directory() / "data/cbmx.sqlite").string(), {log_keys(portal()), {}});
    EXPECT_TRUE(report.ok()) << report.summary();
}

TEST_F(Contacts, AStatesChoiceOfReadersIsKnownToItselfAndToldToThoseConcernedAlone)
{
    const auto id = portal().listed("CL");
    const auto seq =
        as(nominator_of("CL")).post(contact_path(id, "audience"), {{"minimal_for", {"state:PE"}}}).is(200).json()["meta"]["seq"].dump();
    as(contact_of("BR")).get("/v1/receipts/" + seq).is_problem(404, "not-found");
    as(contact_of("PE")).get("/v1/receipts/" + seq).is_problem(404, "not-found");
    as(contact_of("CL")).get("/v1/receipts/" + seq).is(200);
    const auto tombstones = [&](const Who& who) {
        int count = 0;
        const auto feed = as(who).get("/v1/changes?limit=1000").json();
        for (const auto& item : feed.at("items"))
            count += item.value("tombstone", false);
        return count;
    };
    EXPECT_EQ(tombstones(contact_of("PE")), 1);  // read it again
    EXPECT_EQ(tombstones(contact_of("BR")), 0);
    const auto report = service::verify((portal().directory() / "data/cbmx.sqlite").string(), {log_keys(portal()), {}});
    EXPECT_TRUE(report.ok()) << report.summary();
}

TEST_F(Contacts, WhatIsNotListedIsInNoFileOfTheDirectory)
{
    const auto gone = portal().recorded("CL", a_contact({{"person", "Ana Retirada"}}));
    auto removal =
        Json{{"kind", "removal"}, {"state", "CL"}, {"contact", gone}, {"note", {{"reference", "NV 3/2026"}, {"date", "2026-03-01"}}}};
    as(secretariat()).post("/v1/nominations", removal).is(201);
    for (const auto& who : {secretariat(), nominator_of("CL")}) {
        for (const char* format : {"application/json", "text/csv", "text/vcard", "application/jscontact+json"})
            EXPECT_EQ(as(who).get("/v1/contacts", {{"Accept", format}}).is(200).body().find("Ana Retirada"), std::string::npos) << format;
        EXPECT_EQ(as(who).get("/v1/contacts.ics").is(200).body().find(gone), std::string::npos);
        EXPECT_EQ(found(who, "status=removed"), std::vector<std::string>{gone});
    }
    EXPECT_EQ(found(contact_of("PE"), "status=removed").size(), 0U);
    EXPECT_NE(as(secretariat())
                  .get(contact_path(gone), {{"Accept", "text/vcard"}})
                  .is(200)
                  .body()
                  .find(i18n::text(i18n::Language::en, "card.status.removed")),
              std::string::npos);
}

TEST_F(Contacts, AFilterFindsNothingByWhatItsCallerIsNotShown)
{
    const auto id = portal().listed("CL", a_contact({{"person", "Ana Prueba"}, {"hours", "24x7"}}));
    for (const char* query : {"text=prueba%20ana", "reachable_now=true"}) {
        EXPECT_EQ(found(contact_of("PE"), query), std::vector<std::string>{id}) << query;
        EXPECT_EQ(found(reviewer(), query).size(), 0U) << query;
    }
    EXPECT_EQ(found(reviewer(), "text=ciberdiplomacia"), std::vector<std::string>{id});
    as(nominator_of("CL")).post(contact_path(id, "audience"), {{"minimal_for", {"state:PE"}}}).is(200);
    EXPECT_EQ(found(contact_of("PE"), "text=ana").size(), 0U);
    EXPECT_EQ(found(contact_of("PE"), "reachable_now=true").size(), 0U);
}

TEST_F(Contacts, AreFoundByStateCategoryLanguageAndWordsWhateverTheirAccents)
{
    const auto office = portal().listed("CL", a_contact({{"office", "Dirección de Política Exterior"}}));
    const auto team = portal().listed(
        "BR", a_contact({{"category", "technical"}, {"languages", {"pt-BR", "en"}}, {"csirt", {{"constituency", "Redes do governo"}}}}));
    EXPECT_EQ(found(contact_of("PE"), ""), (std::vector<std::string>{team, office}));
    EXPECT_EQ(found(contact_of("PE"), "state=CL"), std::vector<std::string>{office});
    EXPECT_EQ(found(contact_of("PE"), "category=technical"), std::vector<std::string>{team});
    EXPECT_EQ(found(contact_of("PE"), "language=pt"), std::vector<std::string>{team});
    EXPECT_EQ(found(contact_of("PE"), "language=en").size(), 2U);
    EXPECT_EQ(found(contact_of("PE"), "language=pt-PT").size(), 0U);
    EXPECT_EQ(found(contact_of("PE"), "text=POLITICA%20direccion"), std::vector<std::string>{office});
    EXPECT_EQ(found(contact_of("PE"), "text=politica%20redes").size(), 0U);
    const auto first = as(contact_of("PE")).get("/v1/contacts?limit=1").is(200).json();
    EXPECT_EQ(first["items"][0]["id"], team);
    EXPECT_EQ(found(contact_of("PE"), "limit=1&cursor=" + first["next"].get<std::string>()), std::vector<std::string>{office});
    as(contact_of("PE")).get("/v1/contacts?cursor=!!").is_problem(400, "invalid-parameter");
    as(contact_of("PE")).get("/v1/contacts?language=not%20one").is_problem(400, "invalid-parameter");
}

TEST_F(Contacts, WhomToCallNowFollowsTheContactsOwnHoursAndZone)
{
    using std::chrono::hours;
    const auto office = portal().listed("CL");  // Monday to Friday, 09:00 to 18:00, UTC-3
    const auto night = portal().listed(
        "BR", a_contact({{"time_zone", "America/Sao_Paulo"}, {"hours", {{{"days", {"fr"}}, {"from", "22:00"}, {"until", "06:00"}}}}}));
    const auto always = portal().listed("PE", a_contact({{"time_zone", "America/Lima"}, {"hours", "24x7"}}));
    const auto ended = portal().listed(
        "AR", a_contact({{"time_zone", "America/Argentina/Buenos_Aires"}, {"hours", "24x7"}, {"valid_until", "2026-12-31"}}));
    const auto unsaid = portal().listed("EC", a_contact({{"time_zone", "America/Guayaquil"}, {"hours", nullptr}}));
    until(hours(3));  // Friday 11:00 UTC, 08:00 in Santiago
    EXPECT_EQ(found(contact_of("UY"), "reachable_now=true"), std::vector<std::string>{always});
    until(hours(5));  // 10:00 in Santiago
    EXPECT_EQ(found(contact_of("UY"), "reachable_now=true"), (std::vector<std::string>{office, always}));
    EXPECT_EQ(as(contact_of("UY")).get(contact_path(office)).json()["meta"]["reachable_now"], true);
    EXPECT_EQ(as(contact_of("UY")).get(contact_path(office)).json()["meta"]["local_time"].get<std::string>().substr(0, 13),
              "2027-01-15T10");
    EXPECT_EQ(as(contact_of("UY")).get(contact_path(ended)).json()["meta"]["reachable_now"], false);
    EXPECT_TRUE(as(contact_of("UY")).get(contact_path(unsaid)).json()["meta"]["reachable_now"].is_null());
    until(hours(22));  // Saturday 06:00 UTC, 03:00 in São Paulo: the night that began on Friday
    EXPECT_EQ(found(contact_of("UY"), "reachable_now=true"), (std::vector<std::string>{night, always}));
    EXPECT_EQ(found(contact_of("UY"), "reachable_now=true&state=BR"), std::vector<std::string>{night});
}

TEST_F(Contacts, AConfirmationThatHasLapsedIsShownAsSuchAndTheContactStays)
{
    const auto id = portal().listed("CL");
    const auto fresh = as(contact_of("PE")).get(contact_path(id), {{"Accept-Language", "es"}}).json()["meta"];
    EXPECT_EQ(fresh["freshness"], "current");
    EXPECT_EQ(fresh["freshness_text"], "Comunicado o confirmado el 15 de enero de 2027.");
    EXPECT_EQ(found(contact_of("PE"), "confirmation_due=true").size(), 0U);
    auto on_paper = a_nomination();
    on_paper["state"] = "BR";
    on_paper["note"]["date"] = "2026-01-30";
    const auto old = as(secretariat()).post("/v1/nominations", on_paper).is(201).json()["content"]["contact"].get<std::string>();
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(old)).json()["meta"]["freshness"], "due");
    EXPECT_EQ(found(contact_of("PE"), "confirmation_due=true"), std::vector<std::string>{old});
    portal().advance(std::chrono::days(20));
    const auto lapsed = as(contact_of("PE")).get(contact_path(old)).is(200).json()["meta"];
    EXPECT_EQ(lapsed["freshness"], "lapsed");
    EXPECT_EQ(lapsed["freshness_text"], i18n::text(i18n::Language::en, "contact.freshness.lapsed", {{"date", "30 January 2026"}}));
}

TEST_F(Contacts, TheNominatingAuthorityConfirmsTheEntryAndTheContactItsOwnReachability)
{
    const auto account = as(contact_of("CL")).account();
    const auto id = portal().listed("CL", a_contact({{"account", account}}));
    const auto other = portal().listed("CL");
    portal().advance(std::chrono::days(80));
    as(contact_of("PE")).post(contact_path(id, "confirm"), Json::object(), {{"If-Match", "*"}}).is_problem(403, "forbidden");
    as(contact_of("CL")).post(contact_path(other, "confirm"), Json::object()).is_problem(403, "not-eligible");
    as(contact_of("CL")).post(contact_path(id, "confirm"), {{"what", {"entry"}}}).is_problem(403, "not-eligible");
    const auto reachable = as(contact_of("CL")).post(contact_path(id, "confirm"), Json::object()).is(200).has_receipt().json()["meta"];
    EXPECT_EQ(reachable["confirmed_at"].get<std::string>().substr(0, 10), "2027-01-15");
    EXPECT_EQ(reachable["reachability_confirmed_at"].get<std::string>().substr(0, 10), "2027-04-05");
    const auto entry = as(nominator_of("CL")).post(contact_path(id, "confirm"), Json::object()).is(200).json();
    EXPECT_EQ(entry["meta"]["confirmed_at"].get<std::string>().substr(0, 10), "2027-04-05");
    EXPECT_EQ(fault_of(portal(), entry["receipt"], entry["opening"]), "none");
    as(nominator_of("CL"))
        .post(contact_path(id, "confirm"), Json::object(), {{"If-Match", "\"1-abc\""}})
        .is_problem(412, "precondition-failed");
    EXPECT_EQ(as(contact_of("PE")).get("/v1/receipts/" + entry["meta"]["seq"].dump()).is(200).json()["opening"]["record"]["confirmed_at"],
              entry["meta"]["confirmed_at"]);
}

TEST_F(Contacts, AreGivenInTheFormatThatIsAskedFor)
{
    const auto id = portal().listed("CL");
    const auto vcard = as(contact_of("PE")).get(contact_path(id), {{"Accept", "text/vcard"}}).is(200);
    EXPECT_EQ(vcard.field("Content-Type"), "text/vcard; charset=utf-8");
    EXPECT_TRUE(vcard.body().starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n"));
    EXPECT_NE(vcard.body().find("urn:uuid:" + id), std::string::npos);
    const auto csv = as(contact_of("PE")).get("/v1/contacts", {{"Accept", "text/csv"}}).is(200);
    EXPECT_NE(csv.body().find("ciber@mre.example"), std::string::npos);
    const auto cards = Json::parse(as(contact_of("PE")).get("/v1/contacts", {{"Accept", "application/jscontact+json"}}).is(200).body());
    EXPECT_EQ(cards.at(0).at("@type"), "Card");
    EXPECT_EQ(cards.at(0).at("uid"), "urn:uuid:" + id);
    as(contact_of("PE")).get(contact_path(id), {{"Accept", "text/plain"}}).is_problem(406, "not-acceptable");
    as(contact_of("PE")).get(contact_path(id), {{"Accept", "image/png"}}).is_problem(406, "not-acceptable");
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(id), {{"Accept", "text/html, */*;q=0.1"}}).is(200).field("Content-Type"),
              "application/json");
    const auto team = portal().listed("BR", a_contact({{"category", "technical"}, {"csirt", {{"constituency", "Redes do governo"}}}}));
    as(reviewer())
        .get(contact_path(team), {{"Accept", "text/plain"}})
        .is_problem(406, "not-acceptable");  // it would say that nothing was given
    EXPECT_EQ(
        Json::parse(as(contact_of("PE")).get(contact_path(team), {{"Accept", "application/jscontact+json"}}).is(200).body()).at("@type"),
        "Card");
    const auto described = as(contact_of("PE")).get(contact_path(team), {{"Accept", "text/plain"}, {"Accept-Language", "pt"}}).is(200);
    EXPECT_NE(described.body().find("Redes do governo"), std::string::npos);
}

TEST_F(Contacts, AWholeDirectoryIsOneFile)
{
    for (int i = 0; i < 30; ++i)
        portal().recorded(i % 2 == 0 ? "CL" : "BR");
    EXPECT_EQ(as(contact_of("PE")).get("/v1/contacts").json()["items"].size(), 25U);
    const auto all = as(contact_of("PE")).get("/v1/contacts", {{"Accept", "text/vcard"}}).is(200);
    std::size_t cards = 0;
    for (std::size_t at = 0; (at = all.body().find("BEGIN:VCARD", at)) != std::string::npos; ++at)
        ++cards;
    EXPECT_EQ(cards, 30U);
    EXPECT_EQ(all.field("Link"), "");
    EXPECT_NE(as(contact_of("PE")).get("/v1/contacts?limit=10", {{"Accept", "text/vcard"}}).is(200).field("Link").find("cursor="),
              std::string::npos);
}

TEST_F(Contacts, ConfirmationDaysComeAsACalendarOfOnesOwnState)
{
    const auto own = portal().listed("CL"), foreign = portal().listed("BR");
    const auto calendar = as(nominator_of("CL")).get("/v1/contacts.ics", {{"Accept-Language", "fr"}}).is(200);
    EXPECT_EQ(calendar.field("Content-Type"), "text/calendar; charset=utf-8");
    EXPECT_NE(calendar.body().find(own), std::string::npos);
    EXPECT_EQ(calendar.body().find(foreign), std::string::npos);
    EXPECT_NE(calendar.body().find("DTSTART;VALUE=DATE:20280115"), std::string::npos);
    EXPECT_NE(as(secretariat()).get("/v1/contacts.ics").is(200).body().find(foreign), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
