namespace Orchestrator.Engine;

/// <summary>What kind of refusal an <see cref="EngineException"/> is; the API maps each to one HTTP status.</summary>
public enum EngineError
{
    /// <summary>The request itself is wrong. HTTP 400.</summary>
    InvalidArgument,

    /// <summary>No container, image, network, volume or exec of that name. HTTP 404.</summary>
    NotFound,

    /// <summary>The name is taken or the object is in a state that forbids the request. HTTP 409.</summary>
    Conflict,

    /// <summary>The request asks for what already is so (start a running container). HTTP 304, no body.</summary>
    NotModified,

    /// <summary>The container's program is not there. HTTP 400, exit status 127.</summary>
    CommandNotFound,

    /// <summary>The container's program cannot be executed. HTTP 400, exit status 126.</summary>
    CommandNotExecutable,

    /// <summary>This build or kernel cannot do what was asked. HTTP 501.</summary>
    NotImplemented,

    /// <summary>The daemon failed at something it should manage (disk full, kernel refusal). HTTP 500.</summary>
    Internal,
}

/// <summary>A refusal meant for the user: one line that names the thing and, where there is one, the remedy.</summary>
public sealed class EngineException : Exception
{
    public EngineException(EngineError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    public EngineError Error { get; }

    public static EngineException NoSuchContainer(string reference) =>
        new(EngineError.NotFound, $"No such container: {reference}");

    public static EngineException NoSuchImage(string reference) =>
        new(EngineError.NotFound, $"No such image: {reference}");

    public static EngineException NoSuchExec(string id) =>
        new(EngineError.NotFound, $"No such exec instance: {id}");

    public static EngineException Invalid(string message) => new(EngineError.InvalidArgument, message);

    public static EngineException Conflict(string message) => new(EngineError.Conflict, message);

    public static EngineException NotModified(string message) => new(EngineError.NotModified, message);
}
