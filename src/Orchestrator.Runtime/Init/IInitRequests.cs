using Orchestrator.Init;

namespace Orchestrator.Runtime.Init;

/// <summary>Does what an init asks for and cannot do itself.</summary>
internal interface IInitRequests
{
    /// <param name="pid">Who asks.</param>
    /// <exception cref="RuntimeException">It cannot be done; the init is then ended.</exception>
    void Answer(InitRequest request, int pid);
}
