using System.Text.Json;

namespace Orchestrator.Oci.Shim;

/// <summary>The state directory of one container: what survives its shim.</summary>
/// <param name="Path">As given to the shim by <c>--state</c>.</param>
public sealed record ShimDirectory(string Path)
{
    public string ControlSocket => System.IO.Path.Combine(Path, "ctl.sock");

    public string StateFile => System.IO.Path.Combine(Path, "state.json");

    public string ExitFile => System.IO.Path.Combine(Path, "exit");

    /// <summary>How the container ended, or null if that was not written (yet).</summary>
    public ExitStatus? ReadExit() =>
        File.Exists(ExitFile)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(ExitFile), ShimJson.Default.ExitStatus) : null;

    public ContainerState? ReadState()
    {
        try
        {
            return File.Exists(StateFile) ? StateJson.Read(File.ReadAllBytes(StateFile)) : null;
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // Removed meanwhile.
        }
    }

    /// <summary>Replaces <c>state.json</c>. Without fsync: it is of use only while the boot lasts.</summary>
    public void WriteState(ContainerState state)
    {
        var temporary = StateFile + ".tmp";
        File.WriteAllBytes(temporary, StateJson.Write(state));
        File.Move(temporary, StateFile, overwrite: true);
    }

    /// <summary>Whether the shim that wrote <c>state.json</c> still lives: same boot, same pid, same start.</summary>
    public bool ShimLives() =>
        ReadState() is { } state && ProcessIdentity.Lives(state.BootId, state.ShimPid, state.ShimStartTicks);

    /// <summary>Whether pid 1 of the container still lives, with or without its shim.</summary>
    public bool ContainerLives() =>
        ReadState() is { } state && ProcessIdentity.Lives(state.BootId, state.Pid, state.PidStartTicks);
}
