// See word.hpp.
#include "verify/word.hpp"
#include "base/ed25519.hpp"
#include "domain/clock.hpp"
#include "domain/event.hpp"
#include "json/parse.hpp"
#include "ledger/opening.hpp"
#include "ledger/receipt.hpp"
#include "ledger/statement.hpp"
#include "store/log/statements.hpp"
#include "verify/reading.hpp"
#include <algorithm>
#include <optional>
#include <stdexcept>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

std::optional<ledger::SignedStatement> said_in(const Json& shown)
{
    const auto text = ledger::committed_text({{"signature", shown.at("signature")}, {"statement", shown.at("statement")}});
    return text ? ledger::parse_signed_statement(*text) : std::nullopt;
}

// What a statement has in place of a value: its hash with the entry's own salt.
base::Hash salted(const Json& salt, const Json& value) { return ledger::salted(ledger::hash_in(salt).value(), json::canonical(value)); }

bool is_in_time(const Json& entry, const std::string& said)
{
    const auto time = domain::from_rfc3339(said);
    const auto accepted = domain::from_rfc3339(entry.at("at").get_ref<const std::string&>());
    return time && accepted && *time <= *accepted && *accepted - *time <= store::oldest_statement;
}

// The first member, in this order, that says something else than the entry; empty: none.
std::string_view differing_member(const Json& entry, const Json& opening, const ledger::Statement& said, std::string_view origin)
{
    if (said.origin != origin)
        return "origin";
    if (entry.at("kind") != said.kind)
        return "kind";
    if (entry.at("subject") != Json{{"id", said.subject}, {"kind", said.subject_kind}})
        return "subject";
    if (entry.at("version") != said.version)
        return "version";
    if (said.content != salted(opening.at("salt"), opening.at(opening.contains("content") ? "content" : "record")))
        return "content";
    const bool has_audience = entry.contains("audience");
    if (said.label.has_value() != has_audience || (has_audience && entry.at("audience").at("label") != *said.label))
        return "label";
    if (has_audience && opening.contains("recipients") &&
        said.recipients != salted(opening.at("recipients").at("salt"), opening.at("recipients").at("list")))
        return "recipients";
    if (!is_in_time(entry, said.time))
        return "time";
    return entry.at("state").is_string() ? "" : "state";
}

const StateKey* named_key(const Json& entry, const base::Hash& fingerprint, const StateKeys& keys)
{
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const StateKey& key) { return entry.at("state") == key.state && fingerprint == key.fingerprint; });
    return found == keys.end() ? nullptr : &*found;
}

// Of an opening whose hashes are right.
std::string fault_of_statement(const Json& entry, const Json& opening, std::string_view origin, const StateKeys& keys)
{
    const auto said = said_in(opening.at("statement"));
    if (!said)
        return "its statement has not the form of one";
    if (const auto member = differing_member(entry, opening, said->statement, origin); !member.empty())
        return "its statement is not about this entry: " + std::string(member);
    const auto* key = named_key(entry, said->statement.key, keys);
    return key == nullptr || base::verify_detached(key->pem, said->text, said->signature) ? "" : "the signature of its statement is wrong";
}

}  // namespace

StateKey read_state_key(const std::string& state_and_file)
{
    constexpr std::size_t letters = 2;
    constexpr std::string_view begin = "-----BEGIN ";
    const auto state = state_and_file.substr(0, letters);
    const bool has_form = state_and_file.size() > letters + 1 && state_and_file[letters] == '=' &&
                          std::all_of(state.begin(), state.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!has_form)
        throw std::runtime_error("\"" + state_and_file + "\" is not a State and the file of its key: CL=FILE");
    const auto file = state_and_file.substr(letters + 1);
    auto pem = read_bounded(file, max_state_key_bytes);
    const auto first = pem.find(begin);
    const bool is_one = first != std::string::npos && pem.find(begin, first + 1) == std::string::npos;
    const auto fingerprint = is_one ? base::public_key_fingerprint(pem) : std::nullopt;
    if (!fingerprint)
        throw std::runtime_error(file + " does not hold one public key in PEM: Ed25519, or ECDSA on P-256 or P-384");
    return {state, std::move(pem), *fingerprint};
}

std::vector<std::string> faults_in_opening(const Json& entry, const Json& opening, std::string_view origin, const StateKeys& keys)
{
    const auto kind = domain::event_kind_from(entry.at("kind").get_ref<const std::string&>());
    const bool commits_to_content = kind && domain::is_content_kind(*kind);
    auto faults = ledger::faults_of_opening(entry, opening);
    if (opening.contains("content") != commits_to_content)
        faults = {ledger::OpeningFault::form};
    std::vector<std::string> sentences;
    for (const auto fault : faults)
        sentences.emplace_back(ledger::sentence_of(fault));
    const bool says_something = faults.empty() && opening.contains("statement");
    if (auto fault = says_something ? fault_of_statement(entry, opening, origin, keys) : std::string(); !fault.empty())
        sentences.push_back(std::move(fault));
    return sentences;
}

std::string state_word(const Json& entry, const Json& opening, const StateKeys& keys)
{
    if (!entry.at("state").is_string())
        return {};
    const auto& state = entry.at("state").get_ref<const std::string&>();
    if (!entry.contains("statement"))
        return entry.contains("authority") ? "accepted from an account of " + state + "; not signed with a key of " + state + "'s" : "";
    if (opening.is_null())
        return "a statement of " + state + " stands behind it, which is not shown";
    const auto key = said_in(opening.at("statement")).value().statement.key;
    if (named_key(entry, key, keys) != nullptr)
        return "signed with a key of " + state;
    return "signed with key " + base::hex(key) + " of " + state + ", which you did not give";
}

}  // namespace cbmx::service
