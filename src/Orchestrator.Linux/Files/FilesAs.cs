using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Files;

/// <summary>Work on files as somebody else, with all powers: what it makes is theirs.</summary>
/// <remarks>An idmapped mount has no id for the host's root, who can make nothing there.</remarks>
public static class FilesAs
{
    /// <param name="work">Runs on a thread of its own, from begin to end: what it awaits must be done when it returns.
    /// </param>
    public static Task RunAsync(uint uid, uint gid, Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Body, maxStackSize: 512 * 1024) { IsBackground = true, Name = "files" }.Start();
        return done.Task;

        void Body()
        {
            try
            {
                FileIdentity.Take(uid, gid);
                work();
                done.SetResult();
            }
#pragma warning disable CA1031 // Whatever it is, whoever awaits gets it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        }
    }
}
