// Identifiers are types, so that an account can never be passed where a report is meant.
// Public ids are random UUIDs; codes (States, measures, periods, terms of an office) are what the field calls them.
#pragma once
#include "domain/names.hpp"
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::domain {

template <class Tag>
struct Id {
    std::string value;
    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    bool empty() const { return value.empty(); }
    auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using CredentialId = Id<struct CredentialTag>;
using EnrolmentId = Id<struct EnrolmentTag>;
using SigningKeyId = Id<struct SigningKeyTag>;
using DelegationId = Id<struct DelegationTag>;
using ProposalId = Id<struct ProposalTag>;
using DocumentId = Id<struct DocumentTag>;
using StateCode = Id<struct StateTag>;  // ISO 3166-1 alpha-2

using Seq = std::int64_t;  // a ledger entry's number: feed position, leaf index, receipt number

bool is_uuid(std::string_view text);  // lower case, 8-4-4-4-12

enum class Office { secretariat, chair, vice_chair, reviewers, audit };
template <>
struct Names<Office> {
    static constexpr std::array<std::string_view, 5> text{"secretariat", "chair", "vice_chair", "reviewers", "audit"};
};
// A State holds the office for a term. The others are run by who runs the portal.
constexpr bool has_terms(Office office)
{
    switch (office) {
    case Office::chair:
    case Office::vice_chair:
    case Office::reviewers: return true;
    case Office::secretariat:
    case Office::audit: return false;
    }
    return false;
}
// "chair-2026": lower-case letters, digits and dashes, at most 32.
bool is_term_code(std::string_view text);

// The State or the office that an account belongs to and that a record is about: "state:CL", "office:secretariat"; of an office that
// a State holds for a term, that term: "office:chair/chair-2026".
class Home {
public:
    Home() = default;
    static Home of_state(const StateCode& code) { return Home("state:" + code.value); }
    static Home of_office(Office office) { return Home("office:" + std::string(name_of(office))); }
    static Home of_term(Office office, const std::string& term) { return Home("office:" + std::string(name_of(office)) + "/" + term); }
    static Home from(std::string text) { return Home(std::move(text)); }
    const std::string& text() const { return text_; }
    bool is_state() const { return text_.starts_with("state:"); }
    bool is_office() const { return text_.starts_with("office:"); }
    StateCode state() const { return StateCode(is_state() ? text_.substr(6) : std::string()); }
    // nullopt also for a text that names no office.
    std::optional<Office> office() const
    {
        return is_office() ? value_named<Office>(std::string_view(text_).substr(7, text_.find('/') - 7)) : std::nullopt;
    }
    // Code of the term; empty: none.
    std::string term() const
    {
        const auto mark = is_office() ? text_.find('/') : std::string::npos;
        return mark == std::string::npos ? std::string() : text_.substr(mark + 1);
    }
    bool operator==(const Home&) const = default;

private:
    explicit Home(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace cbmx::domain
