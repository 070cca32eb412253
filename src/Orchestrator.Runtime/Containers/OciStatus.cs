namespace Orchestrator.Runtime.Containers;

/// <summary>Life of a container in the words of runtime-spec (runtime.md, state), and <c>paused</c> as runc has it.
/// </summary>
internal enum OciStatus
{
    Creating,
    Created,
    Running,
    Paused,
    Stopped,
}
