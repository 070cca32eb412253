using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkDoctor : Command
{
    private readonly BoolFlag _fix;
    private readonly BoolFlag _local;
    private readonly ValueFlag<string> _format;

    public NetworkDoctor()
    {
        _fix = Flags.Bool("fix", null, "Put right what differs from what should be");
        _local = Flags.Bool("local", null, "Look over this node only; a manager has all nodes looked over else");
        _format = Flags.InspectFormat();
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch network doctor --fix", "orch network doctor --local", "orch network doctor -f json"];

    public override int Run(Session session, List<string> args)
    {
        var found = session.Client.Post(
            $"/orch/network/doctor?fix={(_fix ? 1 : 0)}&local={(_local ? 1 : 0)}", ApiJson.Wire.NetworkDiagnosis);
        var left = found.Complaints.Count(static c => !c.Mended);
        if (_format.Value.Length > 0) Write(session, found);
        else WriteLines(session, found, left);
        return left == 0 ? 0 : 1;
    }

    private void Write(Session session, NetworkDiagnosis found)
    {
        var json = JsonSerializer.SerializeToElement(found, ApiJson.Wire.NetworkDiagnosis);
        if (_format.Value == "json") session.Out.WriteLine(JsonText.Line(json));
        else OneObject.Write(session.Out, Template.Parse(_format.Value), TypedJson.Of(json, ApiJson.Wire.NetworkDiagnosis));
    }

    private static void WriteLines(Session session, NetworkDiagnosis found, int left)
    {
        foreach (var complaint in found.Complaints)
        {
            session.Out.WriteLine(
                $"{complaint.Node}, {complaint.Place}: {complaint.What}{(complaint.Mended ? "; mended" : "")}");
            if (complaint.Remedy.Length > 0) session.Out.WriteLine($"  {complaint.Remedy}");
        }

        session.Out.WriteLine($"{Count(found.Nodes.Length, "node")}: {Count(found.Places, "namespace")} compared, {Count(found.Probes, "way")} measured: "
            + (left == 0 ? "all is well" : Count(left, "fault")));
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
