using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Grpc.Core;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;

namespace Orchestrator.Manager.Diagnosis;

/// <summary>Has every node look its network over, on the leader, and adds what only the state of the cluster
/// tells.</summary>
internal sealed class DiagnosisHub(ObjectStore store, DiagnosisOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Channel<P.NodeDiagnosis>> rounds = new(StringComparer.Ordinal);
    private readonly Latest<ImmutableList<P.DiagnosisOrder>> orders = new([]);
    private readonly Lock gate = new();

    /// <summary>Passes on what each node has found; of those that do not answer, that they do not.</summary>
    public async Task DiagnoseAsync(
        P.DiagnoseRequest request, IAsyncStreamWriter<P.NodeDiagnosis> reader, CancellationToken cancellationToken)
    {
        var before = ClusterComplaints.DigestsOf(store.View());
        await Task.Delay(options.Settling, time, cancellationToken);
        var nodes = store.View().Nodes.All.ToList();
        var order = new P.DiagnosisOrder { Id = Identifier.New(), Fix = request.Fix };
        var answers = rounds[order.Id] = Channel.CreateUnbounded<P.NodeDiagnosis>();
        Change(list => list.Add(order));
        try
        {
            var waiting = nodes.Where(n => n.Status.State == NodeState.Ready).ToDictionary(n => n.Id.Value);
            foreach (var down in nodes.Where(n => !waiting.ContainsKey(n.Id.Value)))
                await reader.WriteAsync(Silent(down, "the node is down", "start orchd there, or remove it: orch node rm --force"), cancellationToken);
            await CollectAsync(waiting, answers.Reader, before, reader, cancellationToken);
            foreach (var node in waiting.Values)
                await reader.WriteAsync(Silent(
                    node, $"the node did not answer within {options.Patience.TotalSeconds:0} s",
                    "see that its orchd runs, and is of this version"), cancellationToken);
        }
        finally
        {
            Change(list => list.Remove(order));
            rounds.TryRemove(order.Id, out _);
        }
    }

    /// <summary>Tells a node whenever it is to look itself over.</summary>
    public async Task AttendAsync(IAsyncStreamWriter<P.DiagnosisOrder> stream, CancellationToken cancellationToken)
    {
        ImmutableList<P.DiagnosisOrder> told = [];
        ImmutableList<P.DiagnosisOrder>? seen = null;
        while (true)
        {
            seen = await orders.NextAsync(seen, cancellationToken);
            foreach (var order in seen.Except(told))
                await stream.WriteAsync(order, cancellationToken);
            told = seen;
        }
    }

    /// <summary>Takes what a node has found. What nobody waits for any more is dropped.</summary>
    public void Take(NodeId node, P.NodeDiagnosis report)
    {
        report.NodeId = node.Value;
        if (rounds.TryGetValue(report.OrderId, out var answers))
            answers.Writer.TryWrite(report);
    }

    /// <param name="waiting">Those that answer are taken out.</param>
    private async Task CollectAsync(
        Dictionary<string, Node> waiting, ChannelReader<P.NodeDiagnosis> answers,
        IReadOnlyDictionary<string, string> before, IAsyncStreamWriter<P.NodeDiagnosis> reader,
        CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (waiting.Count > 0)
        {
            P.NodeDiagnosis report;
            try
            {
                report = await answers.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }

            if (!waiting.Remove(report.NodeId, out var node))
                continue;
            report.Complaints.AddRange(ClusterComplaints.Of(report, node, store.View(), before));
            await reader.WriteAsync(report, cancellationToken);
        }
    }

    private static P.NodeDiagnosis Silent(Node node, string what, string remedy) => new()
    {
        NodeId = node.Id.Value,
        Hostname = node.Description?.Hostname ?? "",
        Complaints = { ClusterComplaints.Complaint("node", what, remedy) },
    };

    private void Change(Func<ImmutableList<P.DiagnosisOrder>, ImmutableList<P.DiagnosisOrder>> change)
    {
        lock (gate)
            orders.Set(change(orders.Value));
    }
}
