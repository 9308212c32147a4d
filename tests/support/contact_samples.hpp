// Contacts as served (schema/json/contact), invented, with the characters that formats stumble over. For the tests of
// everything that is made of them: tests/unit/api, tests/contract/cards_test.cpp.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::test {

using ContactJson = nlohmann::json;

inline constexpr const char* sample_armour =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0000BYJKwYBBAHaRw8BAQdA\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
inline constexpr const char* sample_certificate =
    "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";  // DER of no certificate, but DER

// content's members beyond those that every contact has.
inline ContactJson contact_with(const std::string& id, const std::string& state, const ContactJson& fields)
{
    ContactJson content{{"id", id},
                        {"state", state},
                        {"content_version", 1},
                        {"entered_by", "state"},
                        {"nomination", "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11"}};
    content.update(fields);
    return {{"id", id},
            {"content", content},
            {"salt", "q80C6SrQ3n0nY2Oc5DTr1bm2YoYxNQ0GkIsVk0bIu1I="},
            {"meta",
             {{"version", 2},
              {"seq", 57},
              {"scope", "full"},
              {"status", "listed"},
              {"erased", false},
              {"entered_by", "state"},
              {"state_position", nullptr},
              {"confirmed_at", "2026-01-31T12:00:00.000Z"},
              {"reachability_confirmed_at", nullptr},
              {"confirmation_due_at", "2027-01-31T12:00:00.000Z"},
              {"freshness", "current"},
              {"freshness_text", "Confirmed on 31 January 2026."},
              {"reachable_now", true},
              {"local_time", "2026-03-02T10:15"},
              {"keys_expiring", false},
              {"notice", nullptr},
              {"minimal_for", ContactJson::array()}}}};
}

inline ContactJson a_person()
{
    auto contact =
        contact_with("5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11", "CL",
                     {{"category", "foreign_affairs"},
                      {"rank", "alternate"},
                      {"person", "Ana María Núñez, \"la Embajadora\"; Soto"},
                      {"office", "Oficina de Ciberdiplomacia, Piso 3; ala \\norte"},
                      {"position", "Directora"},
                      {"institution", "Ministerio de Relaciones Exteriores (demostración)"},
                      {"emails", {"ciber@mre.cl.example", "guardia@mre.cl.example"}},
                      {"phones",
                       {{{"number", "+56225550101"}, {"use", "office"}},
                        {{"number", "+56955550102"}, {"use", "mobile"}},
                        {{"number", "+56225550103"}, {"use", "duty"}},
                        {{"number", "+56225550104"}, {"use", "fax"}},
                        {{"number", "+56225550105"}}}},
                      {"languages", {"es", "en"}},
                      {"time_zone", "America/Santiago"},
                      {"hours",
                       {{{"days", {"mo", "tu", "we", "th", "fr"}}, {"from", "09:00"}, {"until", "18:00"}},
                        {{"days", {"sa", "su"}}, {"from", "22:00"}, {"until", "06:00"}}}},
                      {"keys",
                       {{{"kind", "openpgp"},
                         {"key", sample_armour},
                         {"fingerprint", "0123456789ABCDEF0123456789ABCDEF01234567"},
                         {"expires_at", "2027-06-30T00:00:00.000Z"}},
                        {{"kind", "smime"}, {"key", sample_certificate}, {"fingerprint", std::string(64, 'A')}, {"expires_at", nullptr}}}},
                      {"address", "Teatinos 180, piso 3\n8340648 Santiago; \"Casa\" ^Chile"},
                      {"website", "https://ciber.mre.cl.example/contacto?a=1;b=2,3"},
                      {"valid_from", "2026-01-15"},
                      {"valid_until", "2027-12-31"}});
    contact["meta"]["minimal_for"] = {"state:PE", "state:BR"};
    return contact;
}

inline ContactJson an_office()
{
    return contact_with("6b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e12", "BR",
                        {{"category", "policy"},
                         {"rank", "primary"},
                         {"office", "Gabinete de Segurança da Informação"},
                         {"institution", "Presidência da República (demonstração)"},
                         {"emails", {"contato@gsi.br.example"}},
                         {"languages", {"pt-BR"}},
                         {"time_zone", "America/Sao_Paulo"},
                         {"hours", "24x7"}});
}

inline ContactJson a_response_team()
{
    return contact_with("7b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e13", "JM",
                        {{"category", "technical"},
                         {"rank", "primary"},
                         {"person", "John Reid"},
                         {"office", "Cyber Incident Response Team"},
                         {"institution", "Ministry of Science (demonstration)"},
                         {"emails", {"cirt@gov.jm.example"}},
                         {"phones", {{{"number", "+18765550100"}, {"use", "duty"}}}},
                         {"languages", {"en"}},
                         {"time_zone", "America/Jamaica"},
                         {"hours", "24x7"},
                         {"website", "https://cirt.gov.jm.example"},
                         {"csirt",
                          {{"short_name", "JaCIRT-Demo"},
                           {"constituency", "Government networks, and operators of critical infrastructure that ask for it."},
                           {"mission", "To help;\nto warn."},
                           {"sponsor", "Ministry of Science"},
                           {"authority", "Act 5 of 2020"},
                           {"services", {"Incident handling; day and night", "Warnings"}},
                           {"incidents", "All types."},
                           {"disclosure", "TLP 2.0 is kept."},
                           {"communication", "OpenPGP preferred."},
                           {"incident_form", "https://cirt.gov.jm.example/report"}}}});
}

// What a caller of the reduced scope is shown of a person without an office.
inline ContactJson a_reduced_one()
{
    auto contact = contact_with("8b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e14", "UY", ContactJson::object());
    contact["content"] = {{"id", contact["id"]},
                          {"state", "UY"},
                          {"category", "foreign_affairs"},
                          {"institution", "Ministerio de Relaciones Exteriores"},
                          {"languages", {"es"}}};
    contact["meta"].update({{"scope", "minimal"},
                            {"reachable_now", nullptr},
                            {"local_time", nullptr},
                            {"minimal_for", nullptr},
                            {"entered_by", "secretariat"},
                            {"notice", "Entered by the secretariat from a note verbale; the State has not confirmed it yet."},
                            {"confirmed_at", nullptr},
                            {"confirmation_due_at", nullptr}});
    return contact;
}

inline ContactJson an_erased_one()
{
    auto contact = a_person();
    contact.update({{"id", "9b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e15"}, {"content", nullptr}, {"salt", nullptr}});
    contact["meta"]["erased"] = true;
    return contact;
}

inline std::vector<ContactJson> sample_contacts() { return {a_person(), an_office(), a_response_team(), a_reduced_one(), an_erased_one()}; }

}  // namespace cbmx::test
