// Makes a portal with as many reports as asked for, in a data directory that `cbmx init` has made, by the same service functions
// that a request calls: what a benchmark reads is what the portal would hold. Used by tests/bench/run.sh, which names the settings
// in the environment.
//   bench_data PUBLISHED WAITING FILE    PUBLISHED reports published, WAITING submitted; FILE gets tokens and ids (JSON)
#include "app.hpp"
#include "base/embedded.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/quotas.hpp"
#include "service/reports/reports.hpp"
#include "taken.hpp"
#include "vocabulary.hpp"
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <random>

namespace {

using namespace cbmx;
using Json = nlohmann::json;

constexpr std::size_t reports_per_commit = 20;                          // more in one savepoint, and each statement costs more
constexpr std::size_t sampled_ids = 30'000;                             // of the published, at random
constexpr std::size_t narrative_bytes = 1'150, challenges_bytes = 260;  // with the rest about 2 KiB as served

// Of those States that take part.
std::vector<std::string> codes(std::string_view file_name)
{
    std::vector<std::string> list;
    for (const auto& file : base::embedded::catalogue())
        if (file.name == file_name)
            for (const auto& record : Json::parse(file.bytes))
                if (!record.contains("participation") || record.at("participation").back().at("participates").get<bool>())
                    list.push_back(record.at("code").get<std::string>());
    return list;
}

class Maker {
public:
    explicit Maker(const Config& config)
        : database_(
              {database_path(config), domain::system_clock(), random_, service::read_key_file(config.log_key).ring(config.origin), {}})
    {
        for (const auto& state : codes("states.json")) {
            auto [drafter, drafter_token] = someone("state:" + state, "drafter", {"draft", "read"});
            drafters_.push_back(std::move(drafter));
            drafter_tokens_.push_back(std::move(drafter_token));
            auto [approver, token] = someone("state:" + state, "approver", {"publish", "read"});
            approvers_.push_back(std::move(approver));
            approver_tokens_.push_back(std::move(token));
        }
        reader_token_ = someone("state:CL", "contact", {"read"}).second;
        auditor_token_ = someone("office:audit", "auditor", {"read"}).second;
        raise_quotas();
    }

    void publish(std::size_t count)
    {
        in_commits(count, [this](store::Transaction& transaction, std::size_t i) {
            const auto id = submit(transaction, i);
            taken(service::publish_report(transaction, approvers_[i % approvers_.size()], id, std::nullopt), "publish_report");
            published_.push_back(id);
        });
    }

    void wait_for_approval(std::size_t count)
    {
        in_commits(count, [this](store::Transaction& transaction, std::size_t i) {
            waiting_.push_back({{"id", submit(transaction, i)}, {"state", i % approvers_.size()}});
        });
    }

    Json told()
    {
        std::mt19937_64 chance(7);
        std::shuffle(published_.begin(), published_.end(), chance);
        auto sample = published_;
        sample.resize(std::min(sample.size(), sampled_ids));
        return {{"reader_token", reader_token_},
                {"auditor_token", auditor_token_},
                {"drafter_tokens", drafter_tokens_},
                {"approver_tokens", approver_tokens_},
                {"published", published_.size()},
                {"sample", sample},
                {"waiting", waiting_},
                {"ledger_size", database_.writer().size()}};
    }

private:
    // All that is made here, and what a benchmark writes beside it, comes on one day.
    void raise_quotas()
    {
        const auto secretariat = someone("office:secretariat", "secretariat", {"read", "registry"}).first;
        Json most = Json::object();
        for (const auto quota : {domain::Quota::drafts, domain::Quota::draft_bytes, domain::Quota::entries, domain::Quota::submitted_bytes})
            most[std::string(domain::name_of(quota))] = domain::row_of(quota).limit * domain::quota_raised_at_most;
        for (const auto& drafter : drafters_)
            write([&](store::Transaction& transaction) {
                taken(service::change_state_quotas(transaction, secretariat, drafter.home.state().value, std::nullopt, most),
                      "change_state_quotas");
            });
    }

    std::pair<domain::Principal, std::string> someone(const std::string& home, const std::string& role,
                                                      const std::vector<std::string>& scopes)
    {
        std::string token;
        write([&](store::Transaction& transaction) {
            const auto account =
                taken(service::create_account(transaction, domain::machine_operator(), {domain::Home::from(home), role, {role}}),
                      "create_account");
            token = service::new_token(transaction.random());
            taken(service::issue_token(transaction, domain::machine_operator(), domain::AccountId(account.id),
                                       {.fingerprint = base::sha256(token), .label = "benchmark", .scopes = scopes}),
                  "issue_token");
        });
        auto snapshot = database_.read();
        return {taken(service::authenticate(snapshot.db(), domain::system_clock()(), token, std::nullopt), "authenticate"), token};
    }

    std::string submit(store::Transaction& transaction, std::size_t number)
    {
        const auto& drafter = drafters_[number % drafters_.size()];
        const auto& measure = measures_[words_.pick(measures_.size())];
        const auto& period = periods_[words_.pick(periods_.size())];
        const auto id = taken(service::create_report(transaction, drafter, report(number, measure, period)), "create_report").id;
        taken(service::submit_report(transaction, drafter, id, std::nullopt), "submit_report");
        return id;
    }

    Json report(std::size_t number, const std::string& measure, const std::string& period)
    {
        static constexpr std::array statuses{"implemented", "in_progress", "planned"};
        const auto language = words_.language();
        return {{"measure", measure},
                {"period", period},
                {"status", statuses[words_.pick(statuses.size())]},
                {"language", language},
                {"label", number % 4 == 0 ? "TLP:GREEN" : "TLP:CLEAR"},
                {"narrative", words_.prose(language, narrative_bytes)},
                {"challenges", words_.prose(language, challenges_bytes)},
                {"tags", {"strategy", "csirt"}},
                {"crosswalk", {"UN-3"}},
                {"evidence",
                 {{{"title", words_.sentence(language)},
                   {"url", fmt::format("https://documents.example/{}", number)},
                   {"language", language},
                   {"issued", "2026-03-01"}}}}};
    }

    void in_commits(std::size_t count, const std::function<void(store::Transaction&, std::size_t)>& work)
    {
        for (std::size_t from = 0; from < count; from += reports_per_commit)
            write([&](store::Transaction& transaction) {
                for (auto i = from; i < std::min(count, from + reports_per_commit); ++i)
                    work(transaction, i);
            });
    }

    void write(const std::function<void(store::Transaction&)>& work)
    {
        const auto end = database_.writer().run([&work](store::Transaction& transaction) {
            work(transaction);
            return true;
        });
        if (end != store::WriteEnd::decided)
            throw std::runtime_error("the database took no writes");
    }

    base::RandomSource random_ = base::system_random();
    store::Database database_;
    bench::Words words_{11};
    const std::vector<std::string> measures_ = codes("measures.json"), periods_ = codes("periods.json");
    std::vector<domain::Principal> drafters_, approvers_;
    std::vector<std::string> drafter_tokens_, approver_tokens_, published_;
    std::vector<Json> waiting_;
    std::string reader_token_, auditor_token_;
};

}  // namespace

int main(int count, char** arguments)
try {
    if (count != 4)
        throw std::runtime_error("usage: bench_data PUBLISHED WAITING FILE");
    const auto config = read_config("", {});
    const DataLock lock(config.data);
    Maker maker(config);
    maker.publish(std::stoull(arguments[1]));
    maker.wait_for_approval(std::stoull(arguments[2]));
    std::ofstream(arguments[3]) << maker.told().dump();
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "bench_data: " << failure.what() << "\n";
    return 1;
}
