namespace Grpc.Core;

/// <summary>A status code with words for people; <see cref="DebugException"/> never leaves this process.</summary>
public readonly record struct Status(StatusCode StatusCode, string Detail, Exception? DebugException)
{
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
}
