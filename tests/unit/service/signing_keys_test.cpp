// A State's public keys. See server/service/signing_keys.hpp.
#include "service/signing_keys.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;

const std::string public_key = "-----BEGIN PUBLIC KEY-----\n"
                               "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                               "-----END PUBLIC KEY-----\n";

class SigningKeys : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});

    auto add(const Principal& principal, const std::string& pem = public_key)
    {
        return write([&](Transaction& t) { return service::register_signing_key(t, principal, pem, "Ministry"); });
    }
    auto revoke(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::revoke_signing_key(t, principal, id); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_signing_key(c, principal, language, id); });
    }
};

TEST_F(SigningKeys, TheNominatorRegistersAndRevokes)
{
    const auto size = ledger_size();
    const auto id = add(nominator_).value().id;
    EXPECT_EQ(get(nominator_, id).value().body["content"]["status"], "active");
    EXPECT_TRUE(revoke(nominator_, id).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"signing_key_registered", "signing_key_revoked"}));
    EXPECT_EQ(refusal(revoke(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(SigningKeys, AKeyIsRegisteredOnceByAState)
{
    add(nominator_);
    EXPECT_TRUE(refusal(add(nominator_)).names("/public_key", Rule::already_exists));
    EXPECT_TRUE(add(someone("state:PE", {"nominator"})).has_value());
}

TEST_F(SigningKeys, WhatIsNoPublicKeyIsRefused)
{
    EXPECT_TRUE(refusal(add(nominator_, "nonsense")).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(add(nominator_, public_key + "-----BEGIN PRIVATE KEY-----\n")).names("/public_key", Rule::invalid_value));
}

TEST_F(SigningKeys, OthersOfTheStateReadThemAndOthersDoNot)
{
    const auto id = add(nominator_).value().id;
    const auto drafter = someone("state:CL", {"drafter"});
    EXPECT_TRUE(get(drafter, id).has_value());
    EXPECT_EQ(refusal(revoke(drafter, id)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(get(someone("state:PE", {"nominator"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(get(someone("office:secretariat", {"secretariat"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(add(someone("office:secretariat", {"secretariat"}))).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(add(drafter)).code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace cbmx::test
