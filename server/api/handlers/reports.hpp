// Handlers of /v1/reports. What they do: service/reports/reports.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::reports {

Result<Answer> list(const Call& call, store::Connection& db);
Result<Answer> get(const Call& call, store::Connection& db);
Result<Answer> get_draft(const Call& call, store::Connection& db);
Result<Answer> revisions(const Call& call, store::Connection& db);
Result<Answer> revision(const Call& call, store::Connection& db);
Result<Answer> difference(const Call& call, store::Connection& db);

Result<Answer> needs(const Call& call, store::Connection& db);
Result<Answer> view(const Call& call, store::Connection& db);
Result<Answer> approvers(const Call& call, store::Connection& db);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> carry_forward(const Call& call, store::Transaction& transaction);
Result<service::Outcome> edit(const Call& call, store::Transaction& transaction);
Result<service::Outcome> discard(const Call& call, store::Transaction& transaction);
Result<service::Outcome> revise(const Call& call, store::Transaction& transaction);
Result<service::Outcome> submit(const Call& call, store::Transaction& transaction);
Result<service::Outcome> take_back(const Call& call, store::Transaction& transaction);
Result<service::Outcome> send_back(const Call& call, store::Transaction& transaction);
Result<service::Outcome> publish(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change_label(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change_recipients(const Call& call, store::Transaction& transaction);
Result<service::Outcome> withdraw(const Call& call, store::Transaction& transaction);
Result<service::Outcome> erase(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::reports
