using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

internal sealed class SystemCheck : Command
{
    private readonly BoolFlag _repair;

    public SystemCheck() =>
        _repair = Flags.Bool("repair", null, "Delete damaged blobs, so that they can be fetched again");

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var found = session.Client.Post($"/system/check?repair={(_repair ? 1 : 0)}", ApiJson.Wire.StoreCheck);
        foreach (var fault in found.Faults)
            session.Out.WriteLine($"{fault.What}\n  {fault.Remedy}");
        session.Out.WriteLine($"{found.Blobs} blobs ({Units.Size(found.Bytes)}), {found.Images} images, {found.Layers} "
            + (found.Faults.Length == 0 ? "layers: all is whole" : $"layers: {found.Faults.Length} faults"));
        if (found.Removed > 0)
            session.Out.WriteLine($"{found.Removed} damaged blobs deleted");
        return found.Faults.Length == 0 ? 0 : 1;
    }
}
