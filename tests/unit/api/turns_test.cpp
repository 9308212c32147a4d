// Requests as they share threads: one kind of work waits for no other, and what needs no preparation for none.
#include "api/pipeline.hpp"
#include "base/side_thread.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"
#include <future>

namespace cbmx::test {
namespace {

using api::Method;
using api::WorkQueue;

class Turns : public LedgerFixture {
protected:
    std::string token_of(const std::string& home)
    {
        const auto account = someone(home, {"drafter"}).account;
        return write([&](Transaction& transaction) {
                   return issue_token(portal(), transaction, domain::machine_operator(), account,
                                      {.label = "script", .scopes = {"draft", "read"}});
               })
            .value()
            .secret;
    }

    http::Head head_of(const std::string& token, const std::string& method, const std::string& path, std::size_t body_bytes = 0)
    {
        http::Head head;
        head.method = method;
        head.target = path;
        head.path = http::parse_target(path).value().path;
        head.fields = {{"Authorization", "Bearer " + token}};
        head.peer.address = "192.0.2.1";
        if (body_bytes > 0) {
            head.fields.push_back({"Content-Type", "application/json"});
            head.content_length = body_bytes;
            head.has_body = true;
        }
        return head;
    }
    std::future<http::Response> ask(http::Head head, const std::string& body = {})
    {
        auto answer = std::make_shared<std::promise<http::Response>>();
        auto future = answer->get_future();
        auto admission = application_.admit(std::move(head));
        if (auto* refused = std::get_if<http::Response>(&admission))
            answer->set_value(std::move(*refused));
        else
            std::get<http::Admitted>(admission).serve(body, [answer](http::Response response) { answer->set_value(std::move(response)); });
        return future;
    }
    static bool is_answered(const std::future<http::Response>& answer)
    {
        return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

    std::string chile_ = token_of("state:CL"), peru_ = token_of("state:PE");
    std::vector<std::pair<WorkQueue, std::string>> asked_;  // for a turn, by whom

private:
    api::Metrics metrics_;
    api::PipelineOptions options()
    {
        api::PipelineOptions options;
        options.post = [this](std::function<void()> task) { io_.submit("", std::move(task)); };
        options.run_off_thread = [this](WorkQueue queue, const std::string& home, std::function<void()> task) {
            if (queue != WorkQueue::bodies)  // which a long body is read on
                asked_.emplace_back(queue, home);
            return (queue == WorkQueue::exports ? exports : batches_).submit(home, std::move(task));
        };
        return options;
    }
    api::Pipeline pipeline_{portal(), metrics_, options()};
    http::Application application_ = pipeline_.application();
    base::SideThread io_{100}, batches_{100};

protected:
    base::SideThread exports{100};  // these three end before what their tasks use
};

// Two HEADs, an export and a batch of another State behind them, while the thread of the exports is busy.
TEST_F(Turns, ABatchWaitsForNoExportAndHeadForNothing)
{
    std::promise<void> begun, gate;
    exports.submit("", [&begun, open = gate.get_future().share()] {
        begun.set_value();
        open.wait();
    });
    begun.get_future().wait();
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(ask(head_of(peru_, "HEAD", "/v1/export")).get().status, 200);
    EXPECT_TRUE(asked_.empty()) << "no archive is made for it";
    auto archive = ask(head_of(peru_, "GET", "/v1/export"));
    const std::string body = "[" + std::string(256 * 1024, ' ') + "]";
    const auto batch = ask(head_of(chile_, "POST", "/v1/batches", body.size()), body).get();
    EXPECT_NE(batch.status, 503);
    EXPECT_NE(batch.status, 429);
    EXPECT_FALSE(is_answered(archive)) << "it waits for its turn";
    using Asked = std::pair<WorkQueue, std::string>;
    EXPECT_EQ(asked_, (std::vector<Asked>{{WorkQueue::exports, "state:PE"}, {WorkQueue::batches, "state:CL"}}));
    gate.set_value();
    archive.wait();
}

TEST_F(Turns, AnAccountHasOnePreparationAtATime)
{
    std::promise<void> gate;
    exports.submit("", [open = gate.get_future().share()] { open.wait(); });
    auto first = ask(head_of(peru_, "GET", "/v1/export"));
    EXPECT_EQ(ask(head_of(peru_, "GET", "/v1/export")).get().status, 429);
    EXPECT_FALSE(is_answered(first));
    gate.set_value();
    first.wait();
}

// By the table: whoever adds a preparation decides here what waits for what.
TEST(Queues, OneKindOfWorkWaitsForNoOther)
{
    for (const auto& route : api::routes()) {
        SCOPED_TRACE(route.operation_id);
        const bool is_read = !std::holds_alternative<api::WriteHandler>(route.handler);
        EXPECT_EQ(route.head != nullptr, is_read && route.preparation != nullptr) << "a read is asked for its head before it is prepared";
        if (route.preparation == nullptr)
            continue;
        const bool is_batch = route.path == "/v1/batches";
        EXPECT_EQ(route.queue == WorkQueue::exports, is_read);
        EXPECT_EQ(route.queue == WorkQueue::batches, is_batch);
    }
}

}  // namespace
}  // namespace cbmx::test
