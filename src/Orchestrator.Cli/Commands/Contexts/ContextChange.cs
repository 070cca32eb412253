using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

/// <summary>What create and update have in common: what a context is to be, and its keeping.</summary>
/// <param name="dockerHelp">What <c>--docker</c> says in the command's help.</param>
internal sealed class ContextChange(FlagSet flags, string dockerHelp)
{
    private readonly ValueFlag<string> _description = flags.String("description", null, "What it is for");
    private readonly ValueFlag<string> _docker = flags.String(
        "docker", null, dockerHelp, typeName: "stringToString");

    /// <summary>Whether a daemon is named.</summary>
    public bool NamesDaemon => _docker.IsSet;

    /// <param name="done">Said in the end: <c>created</c>, <c>updated</c>.</param>
    public int Keep(Session session, ContextStore store, ContextEntry context, string done)
    {
        if (_docker.IsSet) context = ContextEndpoint.Apply(session, context, _docker.Value);
        if (_description.IsSet) context = context with { Description = _description.Value };
        store.Put(context);
        session.Out.WriteLine(context.Name);
        session.Out.Flush();
        session.Error.WriteLine($"Successfully {done} context \"{context.Name}\"");
        return 0;
    }
}
