// See key_ring.hpp.
#include "ledger/key_ring.hpp"
#include <algorithm>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

const Signer* found_in(const std::vector<Signer>& signers, const base::Ed25519Public& key)
{
    const auto found = std::find_if(signers.begin(), signers.end(), [&key](const Signer& signer) { return signer.public_key == key; });
    return found == signers.end() ? nullptr : &*found;
}

}  // namespace

void KeyRing::add(Signer signer) const
{
    const std::lock_guard lock(shared_->mutex);
    if (found_in(shared_->signers, signer.public_key) == nullptr)
        shared_->signers.push_back(std::move(signer));
}

bool KeyRing::holds(const base::Ed25519Public& key) const
{
    const std::lock_guard lock(shared_->mutex);
    return found_in(shared_->signers, key) != nullptr;
}

std::vector<Signer> KeyRing::signing(const std::vector<VerifierKey>& keys) const
{
    const std::lock_guard lock(shared_->mutex);
    std::vector<Signer> list;
    for (const VerifierKey& key : keys) {
        if (key.until_seq)
            continue;
        const Signer* signer = found_in(shared_->signers, key.public_key);
        if (signer == nullptr)
            throw std::runtime_error("the private half of the log's key " + verifier_key_text(key) + " is not at hand");
        list.push_back({key.name, key.public_key, signer->sign});
    }
    if (keys.empty() && !shared_->signers.empty())
        list.push_back(shared_->signers.front());
    if (list.empty())
        throw std::runtime_error("the log has no key that signs it");
    return list;
}

}  // namespace cbmx::ledger
