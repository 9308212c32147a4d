// Reports: what a drafter, an approver and a reader can do with them. Reads in reports.cpp, the State's working copy in
// drafts.cpp, taking back and erasing in withdrawal.cpp, what others see in publication.cpp, what a report says in content.cpp, what the
// steps share in parts.hpp.
#pragma once
#include "domain/workflow.hpp"
#include "service/portal.hpp"
#include "store/rows/report_lists.hpp"

namespace cbmx::store {
struct ProposalRow;
}

namespace cbmx::service {

// READS. Not visible: not_found.
Result<Representation> get_report(Connection& db, const Principal& principal, i18n::Language language, const std::string& id);
Result<Representation> get_draft(Connection& db, const Principal& principal, i18n::Language language, const std::string& id);
// The part of a list that a page shows: after Page::next of the page before (is_place), empty for the first; steps: as visible_reports
// has them. A page may have fewer items than the limit, or none, and a next one.
struct PageAsked {
    std::int64_t limit = 0;
    std::string after;
    std::int64_t steps = store::list_steps;
};
// fields: members of content to show; empty: all.
Result<Page> list_reports(Connection& db, const Principal& principal, i18n::Language language, const store::ReportFilter& filter,
                          store::ReportOrder order, const std::vector<std::string>& fields, const PageAsked& asked);
// Of each of them that the caller sees, by id, the text that render_report() gives; a few statements, however many they are.
std::map<std::string, std::string> render_reports(Connection& db, const Principal& principal, i18n::Language language,
                                                  const std::vector<std::string>& ids);
// The same as they are rendered, without what parsing and writing costs; every field is shown.
// The record of such a row as this reader gets it, whether or not the database holds it so: what a publication would give (view.hpp).
nlohmann::json as_record(Connection& db, const store::ReportRow& row, const Principal& reader, i18n::Language language);
Result<RenderedRecord> render_report(Connection& db, const Principal& principal, i18n::Language language, const std::string& id);
Result<RenderedPage> render_reports(Connection& db, const Principal& principal, i18n::Language language, const store::ReportFilter& filter,
                                    store::ReportOrder order, const PageAsked& asked);
bool is_place(const std::string& key);
Result<Page> list_revisions(Connection& db, const Principal& principal, i18n::Language language, const std::string& id, std::int64_t limit,
                            std::int64_t after);
Result<Representation> get_revision(Connection& db, const Principal& principal, i18n::Language language, const std::string& id,
                                    std::int64_t number);
Result<nlohmann::json> difference(Connection& db, const Principal& principal, const std::string& id, std::int64_t from, std::int64_t to);

// STEPS. Each goes by its row of the workflow (parts.hpp): a test gives a changed copy.
// WORKING COPY (no ledger entry until it is submitted)
Result<Outcome> create_report(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
// A new draft from a publication of one's own State, in another period or for other recipients: body: period, label, recipients,
// client_ref; what is not named is as it was there. Errors: not_found, forbidden, conflict (it is not published; the same period and
// audience), and those of create_report.
Result<Outcome> carry_report_forward(Transaction& transaction, const Principal& principal, const std::string& id,
                                     const nlohmann::json& body);
Result<Outcome> edit_draft(Transaction& transaction, const Principal& principal, const std::string& id, const nlohmann::json& patch,
                           const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
Result<Outcome> discard_draft(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const domain::Workflow& workflow = domain::workflow());
Result<Outcome> start_revision(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                               const domain::Workflow& workflow = domain::workflow());
Result<Outcome> submit_report(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const domain::Workflow& workflow = domain::workflow());
// What nobody has decided goes back to its drafters without a reason, by one of them: the entry is that of a return.
Result<Outcome> take_back_report(Transaction& transaction, const Principal& principal, const std::string& id,
                                 const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
Result<Outcome> return_report(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                              const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());

// WHAT OTHERS SEE
inline constexpr std::size_t withdrawals_without_notice = 5;  // of one account within an hour
inline constexpr std::chrono::days restoring_stands_for{3};

Result<Outcome> publish_report(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                               const domain::Workflow& workflow = domain::workflow());
// body: {"label"?, "recipients"?, "include_earlier_revisions"?}. Widening counts as publishing: under four eyes it becomes
// a proposal (status 202) that another approver confirms.
Result<Outcome> change_audience(Transaction& transaction, const Principal& principal, const std::string& id, const nlohmann::json& body,
                                domain::Transition transition, const ExpectedVersion& expected,
                                const domain::Workflow& workflow = domain::workflow());
Result<Outcome> withdraw_report(Transaction& transaction, const Principal& principal, const std::string& id,
                                const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
// Puts a withdrawn report back, unchanged and with the same readers, whether the caller sees it or not; part of the following.
Result<Outcome> restore_report(Transaction& transaction, const Principal& principal, const domain::Home& home, const std::string& id,
                               const domain::Workflow& workflow = domain::workflow());
// All that one account has withdrawn since a moment: a confirmed offer of kind report_restoring. conflict: nothing of it is withdrawn
// any more.
Result<Outcome> apply_restoring(Transaction& transaction, const Principal& principal, const store::ProposalRow& offer,
                                const domain::Workflow& workflow = domain::workflow());
// A proposal (status 202) that another approver confirms and the portal carries out later. conflict: there is one already.
Result<Outcome> propose_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
// Carries out a proposal of kind report_erasure. conflict: the report is not what was to be erased.
Result<Outcome> apply_erasure(Transaction& transaction, const Principal& principal, const store::ProposalRow& proposal,
                              const domain::Workflow& workflow = domain::workflow());
// Carries out a confirmed proposal of kind report_audience.
Result<Outcome> apply_report_audience(Transaction& transaction, const Principal& principal, const store::ProposalRow& proposal,
                                      const domain::Workflow& workflow = domain::workflow());

}  // namespace cbmx::service
