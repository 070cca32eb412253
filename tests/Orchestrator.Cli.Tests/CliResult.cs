using System.Text;

namespace Orchestrator.Cli.Tests;

/// <summary>What a command line printed, and its exit code.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <param name="host">The daemon's address, as ORCH_HOST has it.</param>
    public static CliResult Of(string host, string input, params string[] args) => With(
        new() { ["ORCH_HOST"] = host, ["HOME"] = "/nonexistent", ["FROM_CALLER"] = "yes" }, input, args);

    public static CliResult With(Dictionary<string, string> environment, string input, params string[] args)
    {
        var output = new MemoryStream();
        var error = new MemoryStream();
        int code;
        using (var session = new Session(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error,
            environment.GetValueOrDefault)
        {
            Time = new FixedTime(),
        })
        {
            code = Entry.Run(args, session);
        }
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
