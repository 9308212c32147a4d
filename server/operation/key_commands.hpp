// `cbmx log rotate-key` and `cbmx log end-overlap`: the file of the log's keys on one side, the entry on the other. The command
// line writes the file, since the portal's process may only read it; the portal writes the entry.
//
// The order, and what a kill at any moment leaves behind:
//   rotate-key   1. The new key is put into the file, beside all that is there.    A key that signs nothing: the next rotate-key
//                                                                                  makes another, and takes this one out.
//                2. The portal reads it there and writes the entry, which is       With the entry the new key signs, and it is in
//                   signed by it in the same transaction.                          the file. Without the entry as after 1.
//                3. The file is put in order: of what has ended, the public half.  A private key too many, which nothing uses:
//                                                                                  `cbmx log end-overlap` takes it out.
//   end-overlap  1. The entry.                                                     As after 3 above.
//                2. The file is put in order.
// So no key signs that is not in the file, and none leaves the file while it signs. At its start the portal refuses when a
// key that signs is not there (app.cpp); it changes nothing in the file.
#pragma once
#include "config.hpp"
#include <functional>
#include <nlohmann/json.hpp>

namespace cbmx {

// Carries a command out (operator.hpp), in the running portal or in this process.
using ApplyCommand = std::function<nlohmann::json(const nlohmann::json& command)>;

// The answer of operator.hpp. Both throw std::runtime_error with one sentence when nothing can be done.
nlohmann::json rotate_log_key(const Config& config, bool overlap, const ApplyCommand& apply_command);
nlohmann::json end_log_key_overlap(const Config& config, const ApplyCommand& apply_command);

}  // namespace cbmx
