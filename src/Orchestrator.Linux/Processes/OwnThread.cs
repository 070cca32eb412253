using System.Runtime.ExceptionServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Work that changes the thread it runs on: one of its own, which then ends.</summary>
internal static class OwnThread
{
    /// <param name="work">Must not await.</param>
    public static T Run<T>(string name, Func<T> work)
    {
        T result = default!; // Read only after a run that threw nothing, so it was assigned.
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(Body, maxStackSize: 512 * 1024) { IsBackground = true, Name = name };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;

        void Body()
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown again on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
