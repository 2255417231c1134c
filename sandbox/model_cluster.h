// The Cluster port on the model: for tests and simulations, without a socket or a thread.
#pragma once

#include "ports/cluster.h"
#include "sandbox/model.h"

#include <memory>

namespace reconciled::sandbox {

/// When answers reach the inbox.
enum class Delivery : bool {
  at_once,  ///< within start(); watch events at the next pump()
  on_pump,  ///< within pump(), one call or event at a time, in the order of their start
};

/// The port, and what makes it move.
class ModelCluster : public Cluster {
 public:
  /// Delivers the next answer or event that is due; false when there is none.
  virtual bool pump_one() = 0;
  /// Delivers all that is due.
  void pump() {
    while (pump_one()) {
    }
  }
};

/// Calls use the identity of their scope, or `own` (a member of system:masters by default) when that names no user. The
/// call's cluster name is not looked at. Retries, paging and time-outs are those of the port's contract: a faulty
/// answer of 429 or 5xx is an api_transient error at once, since time does not pass here. A call's start_before is
/// compared with the model's clock when the model would carry it out.
std::unique_ptr<ModelCluster> make_model_cluster(ApiModel& model, Inbox& inbox, Delivery delivery = Delivery::at_once,
                                                 Identity own = {"sandbox-admin", {"system:masters"}});

}  // namespace reconciled::sandbox
