using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Roles;

/// <summary>Carries out promotions and demotions, and records which managers are members and answer.</summary>
internal sealed class RoleManager(
    ObjectStore store, IMembership membership, RoleOptions options, TimeProvider time, ILogger<RoleManager> logger)
    : ReconcileLoop(store, time, logger, ObjectKind.Node)
{
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plan = RolePlanner.Plan(root, membership.Members, Store.Log.Status.SelfId);
        await Store.UpdateEachAsync(plan.Changed, (tx, node) => tx.Nodes.UpdateIfUnchanged(node), cancellationToken);
        try
        {
            foreach (var member in plan.Removed)
            {
                RoleLog.Removing(logger, member);
                await membership.RemoveAsync(member, cancellationToken);
            }

            if (plan.HandOver)
            {
                RoleLog.HandingOver(logger);
                await membership.TransferAsync(cancellationToken);
            }
        }
        catch (MembershipException refused)
        {
            // As it may not be now, it is tried again with the next pass.
            RoleLog.Refused(logger, refused.Message);
        }

        return now + options.Interval;
    }
}
