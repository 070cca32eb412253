using System.Diagnostics;
using System.Net;
using Orchestrator.Build.Adding;
using Orchestrator.Testing;

namespace Orchestrator.Build.Tests.Adding;

public sealed class GitSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-git-").FullName;
    private readonly HeldPort port = new();
    private readonly HttpListener server = new();
    private readonly string address;

    public GitSourceTests()
    {
        address = $"http://{port.EndPoint}/";
        server.Prefixes.Add(address);
        server.Start();
        _ = ServeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("#main")]
    [InlineData("#v1")]
    public async Task A_repository_of_mere_files_is_fetched_whole_as_its_server_cannot_give_less(string fragment)
    {
        Git("init", "-q", "-b", "main", "work");
        File.WriteAllText(In("work/file"), "content");
        Git("-C", "work", "add", "file");
        Git("-C", "work", "-c", "user.name=me", "-c", "user.email=me@here", "commit", "-q", "-m", "first");
        Git("-C", "work", "tag", "v1");
        Git("clone", "-q", "--bare", "work", "bare.git");
        Git("-C", "bare.git", "update-server-info");
        var target = Directory.CreateDirectory(In("target")).FullName;

        await GitSource.Parse($"{address}bare.git{fragment}").CheckOutAsync(target, keepsHistory: false, null, default);

        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName));
        Assert.Equal("content", File.ReadAllText(In("target/file")));
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_asked_for_once()
    {
        var target = Directory.CreateDirectory(In("target")).FullName;

        var error = await Assert.ThrowsAsync<BuildException>(() => GitSource.Parse($"{address}none.git")
            .CheckOutAsync(target, keepsHistory: false, null, default));

        Assert.Contains("not found", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        server.Close();
        port.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string In(string path) => Path.Combine(folder, path);

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    /// <summary>Files and nothing else: what git calls dumb.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var http = await server.GetContextAsync();
                var path = In(http.Request.Url!.AbsolutePath.TrimStart('/'));
                http.Response.StatusCode = File.Exists(path) ? 200 : 404;
                if (File.Exists(path))
                    await http.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
                http.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
