// What a State's signed statement costs where all share one thread: reports that wait are published in the writer, 64 to a commit, without
// a statement and with one, the two in turns. The signature is checked before, outside the writer, as the portal does it; what that takes
// is measured too. A measurement, never a test. Run by tests/bench/bench.py: statements_bench TOLD, where bench_data has made the portal
// and written the file; the environment is the server's. Prints one JSON object.
#include "service/statements.hpp"
#include "base/random.hpp"
#include "config.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/signing_keys.hpp"
#include "taken.hpp"
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>

namespace {

using namespace cbmx;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t publications_per_commit = 64;
constexpr std::size_t commits = 40;  // of each

double microseconds_since(Clock::time_point begun) { return std::chrono::duration<double, std::micro>(Clock::now() - begun).count(); }

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

struct Waiting {
    std::string report;
    domain::Principal approver;
    std::optional<store::BroughtStatement> statement = {};
};
using Group = std::vector<Waiting>;

class Bench {
public:
    Bench(const Config& config, const Json& told)
        : database_(
              {database_path(config), domain::system_clock(), random_, service::read_key_file(config.log_key).ring(config.origin), {}})
    {
        for (const auto& token : told.at("approver_tokens")) {
            auto snapshot = database_.read();
            approvers_.push_back(taken(
                service::authenticate(snapshot.db(), domain::system_clock()(), token.get<std::string>(), std::nullopt), "authenticate"));
        }
        for (const auto& approver : approvers_)
            enter_key(approver.home);
    }

    Json run(const Json& waiting)
    {
        std::size_t next = 0;
        const auto group = [&] {
            Group taken_together;
            for (; taken_together.size() < publications_per_commit; ++next)
                taken_together.push_back({.report = waiting.at(next).at("id").get<std::string>(),
                                          .approver = approvers_.at(waiting.at(next).at("state").get<std::size_t>())});
            return taken_together;
        };
        std::vector<double> plain, with_statement, proofs;
        publish(group());  // statements of the database are prepared, pages are in the cache
        for (std::size_t i = 0; i < commits; ++i) {
            plain.push_back(publish(group()));
            auto signed_group = group();
            proofs.push_back(sign(signed_group));
            with_statement.push_back(publish(signed_group));
        }
        return {{"statement_bytes", bytes_},
                {"plain_microseconds", median(plain)},
                {"signed_microseconds", median(with_statement)},
                {"proof_microseconds", median(proofs)}};
    }

private:
    // As its registration leaves it: how a State comes by a key is measured nowhere.
    void enter_key(const domain::Home& home)
    {
        write([&](store::Transaction& transaction) {
            const domain::SigningKeyId id(transaction.new_uuid());
            store::insert_signing_key(transaction.db(), {.id = id,
                                                         .state = home.state(),
                                                         .public_key = pem_,
                                                         .fingerprint = base::public_key_fingerprint(pem_).value(),
                                                         .label = "Ministry",
                                                         .created_at = transaction.now_text(),
                                                         .version = 1,
                                                         .seq = transaction.next_seq(),
                                                         .shown_by = domain::KeyShownBy::two_nominators});
            transaction.append(domain::machine_operator(), {.kind = domain::EventKind::signing_key_registered,
                                                            .subject = id.value,
                                                            .home = home,
                                                            .acting_role = domain::ActingRole::of_operator(),
                                                            .version = 1,
                                                            .content = service::signing_key_record(transaction.db(), id)});
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

    // Microseconds that each takes, with its share of the commit.
    double publish(const Group& group)
    {
        const auto begun = Clock::now();
        write([&](store::Transaction& transaction) {
            for (const auto& each : group) {
                transaction.bring(each.statement);
                taken(service::publish_report(transaction, each.approver, each.report, std::nullopt), "publish_report");
                if (!service::check_statement(transaction, false))
                    throw std::runtime_error("refused: its statement");
            }
        });
        return microseconds_since(begun) / static_cast<double>(group.size());
    }

    // Microseconds that the check of one signature takes.
    double sign(Group& group)
    {
        database_.try_out([&](store::Transaction& transaction) {
            for (auto& each : group)
                each.statement = signed_word(transaction, each);
        });
        auto snapshot = database_.read();
        const auto begun = Clock::now();
        for (auto& each : group)
            service::prove_statement(snapshot.db(), each.approver.home, *each.statement);
        return microseconds_since(begun) / static_cast<double>(group.size());
    }

    store::BroughtStatement signed_word(store::Transaction& transaction, const Waiting& one)
    {
        store::BroughtStatement asked;
        asked.said.key = base::public_key_fingerprint(pem_).value();
        asked.said.time = domain::to_rfc3339(transaction.now()).substr(0, std::string_view("2026-11-30T12:00:00").size()) + "Z";
        asked.content_salt = base::random_salt(random_);
        asked.recipients_salt = base::random_salt(random_);
        transaction.bring(asked);
        taken(service::publish_report(transaction, one.approver, one.report, std::nullopt), "publish_report");
        const auto text = transaction.speech().to_sign.value().text;
        const auto signature = key_.sign(text);
        asked.said = ledger::parse_statement(text).value();
        asked.signature = std::string(base::as_chars(signature));
        bytes_ = ledger::signed_statement(ledger::statement_object(asked.said), asked.signature).size();
        return asked;
    }

    // SubjectPublicKeyInfo: RFC 8410 puts these twelve bytes before an Ed25519 key.
    static std::string pem_of(const base::Ed25519Public& key)
    {
        const auto der = base::from_hex("302a300506032b6570032100").value() + std::string(base::as_chars(key));
        return "-----BEGIN PUBLIC KEY-----\n" + base::base64(der) + "\n-----END PUBLIC KEY-----\n";
    }

    base::RandomSource random_ = base::system_random();
    store::Database database_;
    const base::Ed25519Key key_ = base::Ed25519Key::generate(random_);
    const std::string pem_ = pem_of(key_.public_key());
    std::vector<domain::Principal> approvers_;
    std::size_t bytes_ = 0;
};

}  // namespace

int main(int count, char** arguments)
try {
    if (count != 2)
        throw std::runtime_error("usage: statements_bench TOLD");
    const auto told = Json::parse(std::ifstream(arguments[1]));
    const auto config = read_config("", {});
    const DataLock lock(config.data);
    Bench bench(config, told);
    std::cout << bench.run(told.at("waiting")).dump() << "\n";
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "statements_bench: " << failure.what() << "\n";
    return 1;
}
