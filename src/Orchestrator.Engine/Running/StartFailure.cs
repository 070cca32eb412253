using Orchestrator.Engine.Containers;
using Orchestrator.Images;
using Orchestrator.Linux;
using Orchestrator.Network;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>Puts what went wrong while starting into words that docker's users and clients know.</summary>
internal static class StartFailure
{
    public static EngineException Explain(ContainerRecord record, Exception cause) => cause switch
    {
        EngineException known => known,
        // Clients tell exit status 127 and 126 by these words.
        ShimException { ExitCode: 127 } shim => new(EngineError.CommandNotFound, Worded(
            record, shim.Message, "executable file not found in $PATH"), shim),
        ShimException { ExitCode: 126 } shim => new(EngineError.CommandNotExecutable, Worded(
            record, shim.Message, "permission denied"), shim),
        NetworkException network => Explain(record, network),
        ImageException image => new(EngineError.Internal, image.Message, image),
        LinuxException { Errno: Errno.ENOSPC } linux => new(EngineError.Internal,
            $"cannot start container {record.Name}: no space left on device; free some with: orch system prune", linux),
        _ => new(EngineError.Internal, $"cannot start container {record.Name}: {cause.Message}", cause),
    };

    private static EngineException Explain(ContainerRecord record, NetworkException network) => new(
        network.Fault switch
        {
            NetworkFault.NotFound => EngineError.NotFound,
            NetworkFault.Invalid => EngineError.InvalidArgument,
            NetworkFault.Forbidden or NetworkFault.Conflict => EngineError.Conflict,
            _ => EngineError.Internal,
        },
        network.Fault == NetworkFault.PortTaken
            ? $"driver failed programming external connectivity on endpoint {record.Name} "
                + $"({record.ShortId}): {network.Message}"
            : network.Message,
        network);

    private static string Worded(ContainerRecord record, string message, string words) =>
        message.Contains(words, StringComparison.OrdinalIgnoreCase)
            ? $"failed to create task for container: {message}"
            : $"failed to create task for container: exec: \"{record.Process.Arguments[0]}\": {words} ({message})";
}
