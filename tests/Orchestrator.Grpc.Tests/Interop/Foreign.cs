using System.Diagnostics;

namespace Orchestrator.Grpc.Tests.Interop;

/// <summary>Runs a script of another language's gRPC.</summary>
internal static class Foreign
{
    private const string GrpcJs = "@grpc/grpc-js@1.14";

    private static readonly Lazy<Task<string>> NodeModules = new(InstallGrpcJsAsync);

    public static async Task<Process> StartAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(script.EndsWith(".py", StringComparison.Ordinal) ? "/usr/bin/python3" : "node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (start.FileName == "node")
            start.Environment["NODE_PATH"] = await NodeModules.Value;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Puts grpc-js into the user's cache, once; a run cut off half-way leaves nothing that looks whole.</summary>
    private static async Task<string> InstallGrpcJsAsync()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var whole = Path.Combine(cache, "orch-tests", "grpc-js-1.14");
        if (!Directory.Exists(whole))
        {
            var partial = $"{whole}.{Environment.ProcessId}";
            Directory.CreateDirectory(partial);
            await InstallAsync(partial);
            Directory.Move(partial, whole);
        }

        return Path.Combine(whole, "node_modules");
    }

    private static async Task InstallAsync(string directory)
    {
        var start = new ProcessStartInfo("npm") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["install", "--no-audit", "--no-fund", "--prefix", directory, GrpcJs])
            start.ArgumentList.Add(argument);
        using var npm = Process.Start(start)!;
        var output = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm install {GrpcJs}: {string.Concat(output)}");
    }
}
