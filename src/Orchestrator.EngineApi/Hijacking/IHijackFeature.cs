using System.IO.Pipelines;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>Lets a request's handler take the connection out of HTTP's hands, as attach and exec do.</summary>
/// <remarks>
/// Kestrel's own upgrade cannot serve here: it takes a client's end of sending for the end of the connection (so the
/// output of <c>echo x | docker run -i …</c> would be lost), allows no request body (exec has one), and has no answer
/// for clients that hijack without asking, which get a 200.
/// </remarks>
public interface IHijackFeature
{
    /// <summary>The raw connection, positioned after the request. The request's body must have been read to its end.
    /// From now on nothing that HTTP writes is sent, and ending the request closes the connection.</summary>
    IDuplexPipe Take();
}
