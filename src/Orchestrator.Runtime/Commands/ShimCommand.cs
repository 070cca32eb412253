using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>shim</c>: becomes the parent of one container and stays until told to delete it.</summary>
/// <remarks>Says one line on standard output, <c>ready PID</c> or <c>error CODE MESSAGE</c>, and then closes its
/// standard streams; the reader of that pipe sees its end. See docs/design/shim.md.</remarks>
internal static class ShimCommand
{
    public static int Execute(Arguments arguments)
    {
        var options = ShimOptions.From(arguments);
        try
        {
            return Serve(options);
        }
        catch (Exception e)
            when (e is RuntimeException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var code = (e as RuntimeException)?.ExitCode ?? 1;
            Say(options, $"error {code} {e.Message.ReplaceLineEndings(" ")}");
            return code;
        }
    }

    private static int Serve(ShimOptions options)
    {
        ThisProcess.LeaveSession(); // Not possible for a leader of a process group: it has its own already.
        ThisProcess.BecomeSubreaper();
        var existed = Directory.Exists(options.State);
        Directory.CreateDirectory(
            options.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var directory = new ShimDirectory(options.State);
        RemoveRemains(directory);
        using var loop = new EventLoop();
        try
        {
            using var shim = ContainerShim.Create(options, loop);
            using var server = new ControlServer(loop, shim, directory.ControlSocket);
            Say(options, $"ready {shim.State.Pid}");
            DropStandardStreams(options);
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

    private static void Say(ShimOptions options, string line)
    {
        using var to = FileDescriptor.Borrow(options.ReadyFd);
        to.WriteAll(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static void DropStandardStreams(ShimOptions options)
    {
        using var none = StandardStreams.Null();
        if (options.ReadyFd > 2)
            none.CopyOnto(options.ReadyFd);
        for (var fd = 0; fd < 3; fd++)
            none.CopyOnto(fd);
    }
}
