// See body_memory.hpp.
#include "api/body_memory.hpp"
#include <mutex>

namespace cbmx::api {

struct BodyMemory::Book {
    std::mutex mutex;  // guards the rest
    std::uint64_t in_all = 0;
    std::map<std::string, std::uint64_t> of_each;

    void give_back(const std::string& caller, std::uint64_t bytes)
    {
        const std::lock_guard guard(mutex);
        in_all -= bytes;
        const auto own = of_each.find(caller);
        if ((own->second -= bytes) == 0)
            of_each.erase(own);
    }
};

BodyMemory::BodyMemory(BodyMemoryLimits limits) : limits_(limits), book_(std::make_shared<Book>()) {}

BodyMemory::Held BodyMemory::take(const std::string& caller, std::uint64_t bytes)
{
    if (bytes == 0)
        return {BodyRoom::given};
    {
        const std::lock_guard guard(book_->mutex);
        const auto own = book_->of_each.find(caller);
        const auto has = own == book_->of_each.end() ? 0 : own->second;
        if (has + bytes > limits_.of_one_bytes)
            return {BodyRoom::none_of_ones_own};
        if (book_->in_all + bytes > limits_.in_all_bytes)
            return {BodyRoom::none_at_all};
        book_->in_all += bytes;
        book_->of_each[caller] = has + bytes;
    }
    return {BodyRoom::given, std::shared_ptr<void>(book_.get(), [book = book_, caller, bytes](void*) { book->give_back(caller, bytes); })};
}

std::uint64_t BodyMemory::held_bytes() const
{
    const std::lock_guard guard(book_->mutex);
    return book_->in_all;
}

}  // namespace cbmx::api
