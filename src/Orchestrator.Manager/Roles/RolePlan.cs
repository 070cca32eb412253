using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Roles;

/// <param name="Changed">Nodes with another role or manager status, at the versions they were planned at.</param>
/// <param name="Removed">Members of the log that are to be managers no more, by raft id.</param>
/// <param name="HandOver">This leader is one of those: another has to lead before it can go.</param>
internal sealed record RolePlan(ImmutableArray<Node> Changed, ImmutableArray<ulong> Removed, bool HandOver);
