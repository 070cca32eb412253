using Orchestrator.Linux;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>shim</c>: becomes the parent of one container and stays until told to delete it.</summary>
/// <remarks>Says one line on standard output, <c>ready PID</c> or <c>error CODE MESSAGE</c>, and then closes its standard
/// streams; the reader of that pipe sees its end. See docs/design/shim.md.</remarks>
internal static class ShimCommand
{
    public static int Execute(Arguments arguments)
    {
        try
        {
            return Serve(ShimOptions.From(arguments));
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var code = (e as RuntimeException)?.ExitCode ?? 1;
            CommandLine.Print($"error {code} {e.Message.ReplaceLineEndings(" ")}\n");
            return code;
        }
    }

    private static int Serve(ShimOptions options)
    {
        ThisProcess.LeaveSession(); // Not possible for a leader of a process group: it has its own already.
        ThisProcess.BecomeSubreaper();
        var existed = Directory.Exists(options.State);
        Directory.CreateDirectory(options.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var directory = new ShimDirectory(options.State);
        RemoveRemains(directory);
        using var loop = new EventLoop();
        try
        {
            using var shim = ContainerShim.Create(options, loop);
            using var server = new ControlServer(loop, shim, directory.ControlSocket);
            CommandLine.Print($"ready {shim.State.Pid}\n");
            DropStandardStreams();
            loop.Run();
            return 0;
        }
        catch (RuntimeException) when (!existed)
        {
            Directory.Delete(options.State, recursive: true);
            throw;
        }
    }

    /// <summary>Of an earlier life of the same container, whose shim is gone.</summary>
    private static void RemoveRemains(ShimDirectory directory)
    {
        if (directory.ShimLives())
            throw new RuntimeException($"a shim serves {directory.Path} already; delete that container first");
        File.Delete(directory.ControlSocket);
        File.Delete(directory.ExitFile);
    }

    private static void DropStandardStreams()
    {
        using var none = StandardStreams.Null();
        for (var fd = 0; fd < 3; fd++)
            none.CopyOnto(fd);
    }
}
