using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerWait : Command
{
    public override string Usage => "CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
        session.Client.Post($"/containers/{Escape(name)}/wait", ApiJson.Wire.WaitResponse)
            .StatusCode.ToString(CultureInfo.InvariantCulture));
}
