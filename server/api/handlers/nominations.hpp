// Nominations over HTTP. Rules: service/directory/nominations.hpp.
#pragma once
#include "api/route.hpp"
#include <array>

namespace cbmx::api::nominations {

inline constexpr std::uint64_t body_limit_bytes = 4U << 20;  // with the note's file, in base64
inline constexpr std::array<std::string_view, 2> note_formats{"image/png", "image/jpeg"};

bool inspect(Call& call, bool off_thread);  // Route::preparation: keys and file; what has neither is done at once

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<Answer> note(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> accept(const Call& call, store::Transaction& transaction);
Result<service::Outcome> send_back(const Call& call, store::Transaction& transaction);
Result<service::Outcome> withdraw(const Call& call, store::Transaction& transaction);
Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction);
Result<service::Outcome> object(const Call& call, store::Transaction& transaction);
Result<service::Outcome> erase(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::nominations
