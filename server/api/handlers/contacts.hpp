// The directory over HTTP: contacts as JSON, CSV, vCard, JSContact, a calendar of confirmations, an RFC 2350 text.
// Rules: service/directory/contacts.hpp.
#pragma once
#include "api/route.hpp"
#include <array>

namespace cbmx::api::contacts {

// A whole directory in one answer, for the formats that are imported as one file.
inline constexpr std::int64_t max_bulk_contacts = 10'000;

inline constexpr std::array<std::string_view, 3> list_formats{"text/csv", "text/vcard", "application/jscontact+json"};
inline constexpr std::array<std::string_view, 4> formats{"text/csv", "text/vcard", "application/jscontact+json", "text/plain"};

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> calendar(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction);
Result<service::Outcome> audience(const Call& call, store::Transaction& transaction);
Result<service::Outcome> erase(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::contacts
