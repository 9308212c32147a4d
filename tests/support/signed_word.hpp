// A word that a State's key signs, in a test of the services: asked for within the transaction, signed, and said.
#pragma once
#include "base/random.hpp"
#include "support/brought_key.hpp"
#include <optional>

namespace cbmx::test {

// What a client asks with: its key, a time of whole seconds, salts of its own.
inline store::BroughtStatement asked_word(store::Transaction& transaction, const base::Ed25519Key& key, bool has_audience = true)
{
    store::BroughtStatement asked;
    asked.said.key = base::public_key_fingerprint(pem_of(key.public_key())).value();
    asked.said.time = domain::to_rfc3339(transaction.now()).substr(0, 19) + "Z";
    asked.content_salt = base::random_salt(transaction.random());
    if (has_audience)
        asked.recipients_salt = base::random_salt(transaction.random());
    return asked;
}

// The same, signed over this text.
inline store::BroughtStatement signed_word(store::BroughtStatement asked, const base::Ed25519Key& key, const std::string& text)
{
    const auto signature = key.sign(text);
    asked.said = ledger::parse_statement(text).value();
    asked.signature = std::string(base::as_chars(signature));
    return asked;
}

// work(Transaction&) gives a Result, and says one word.
template <class Work>
auto say_signed(store::Transaction& transaction, const base::Ed25519Key& key, const Work& work, bool has_audience = true)
{
    const auto asked = asked_word(transaction, key, has_audience);
    std::string text;
    transaction.attempt([&](store::Transaction& part) {
        part.bring(asked);
        static_cast<void>(work(part));
        text = part.speech().to_sign.value_or(store::ToSign{}).text;
        return false;
    });
    transaction.bring(signed_word(asked, key, text));
    return work(transaction);
}

}  // namespace cbmx::test
