// The life of a report, over TLS: who sees what, and what may become what.
#include "support/portal.hpp"

namespace cbmx::test {
namespace {

using Reports = Portal;

TEST_F(Reports, ADraftIsInvisibleToOtherStatesUntilPublished)
{
    const auto id = as(drafter_of("CL")).post("/v1/reports", a_report()).created_id();
    as(drafter_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    as(secretariat()).get(path_of(id)).is_problem(404, "not-found");
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(contact_of("CL")).get(path_of(id)).is_problem(404, "not-found");
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200).has_receipt();
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200).has_receipt();
    as(anyone()).get(path_of(id)).is(200);
    as(drafter_of("PE")).get(path_of(id)).is(200);
}

TEST_F(Reports, WhoTouchedTheContentCannotPublishIt)
{
    const auto both = drafter_and_approver_of("CL");
    const auto id = as(both).post("/v1/reports", a_report()).created_id();
    as(both).post(path_of(id, "submit")).is(200);
    as(both).post(path_of(id, "publish")).is_problem(403, "four-eyes");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
}

TEST_F(Reports, AStaleVersionIsRefusedAndNothingChanges)
{
    const auto id = portal().draft("CL");
    const auto tag = as(drafter_of("CL")).get(path_of(id)).field("ETag");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "first"}}, {{"If-Match", tag}}).is(200);
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "second"}}, {{"If-Match", tag}}).is_problem(412, "precondition-failed");
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["content"]["narrative"], "first");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "third"}}, {{"If-Match", ""}}).is_problem(428, "precondition-required");
}

}  // namespace
}  // namespace cbmx::test
