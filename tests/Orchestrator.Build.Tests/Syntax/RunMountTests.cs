using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

public sealed class RunMountTests
{
    [Theory]
    [InlineData("target=/x", "Bind  /x ro=True")]
    [InlineData("type=bind,from=a,src=b,dst=/c,rw", "Bind a:b /c ro=False")]
    [InlineData("type=bind,target=/c,readwrite=false", "Bind  /c ro=True")]
    [InlineData("type=cache,target=/c", "Cache  /c ro=False")]
    [InlineData("type=cache,target=/c,id=k,sharing=locked,ro,mode=0700,uid=1,gid=2,from=a,source=/s",
        "Cache a:/s /c ro=True k Locked 448 1 2")]
    [InlineData("type=tmpfs,destination=/t,size=64m", "Tmpfs  /t ro=False 67108864")]
    [InlineData("type=secret,id=k", "Secret   ro=True k")]
    [InlineData("type=SECRET,src=k,target=/k,required,env=", "Secret :k /k ro=True required env=")]
    [InlineData("type=ssh,required=true,mode=0600", "Ssh   ro=True required 384")]
    [InlineData("type=bind,\"source=a,b\",target=/x", "Bind :a,b /x ro=True")]
    public void A_mount_is_read(string text, string expected)
    {
        var mount = RunMount.Parse(text, value => value, default);

        Assert.Equal(expected, Show(mount));
    }

    [Theory]
    [InlineData("type=cache,target", "invalid field 'target' must be a key=value pair")]
    [InlineData("type=disk", "unsupported mount type \"disk\"")]
    [InlineData("targte=/x", "unexpected key 'targte' in 'targte=/x' (did you mean target?)")]
    [InlineData("from=$x", "'from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("ro=maybe", "invalid value for ro: maybe")]
    [InlineData("type=cache,sharing=all", "unsupported sharing value \"all\"")]
    [InlineData("target=/x,sharing=locked", "invalid cache sharing set for bind mount")]
    [InlineData("target=/x,size=1", "unexpected key 'size' for mount type 'bind'")]
    [InlineData("target=/x,required", "unexpected key 'required' for mount type 'bind'")]
    [InlineData("type=tmpfs,size=big", "invalid value for size: big")]
    [InlineData("target=/x,mode=0700", "mode not allowed for \"bind\" type mounts")]
    [InlineData("type=tmpfs,uid=1", "uid not allowed for \"tmpfs\" type mounts")]
    [InlineData("type=cache,mode=9", "invalid value 9 for mode")]
    [InlineData("type=cache,uid=-1", "invalid value -1 for uid")]
    [InlineData("type=secret", "invalid secret mount. one of source, target required")]
    [InlineData("type=secret,id=a,src=b", "both source and id can't be set")]
    [InlineData("type=secret,id=a,from=b", "secret mount should not have a from")]
    [InlineData("type=secret,id=a,sharing=shared", "secret mount should not define sharing")]
    public void A_mount_that_makes_no_sense_is_refused_in_dockers_words(string text, string reason)
    {
        var fault = Assert.Throws<DockerfileException>(() => RunMount.Parse(text, value => value, new Position(7, 5)));

        Assert.Equal((reason, new Position(7, 5)), (fault.Reason, fault.Position));
    }

    [Fact]
    public void Variables_in_a_mount_are_replaced_when_it_is_wanted()
    {
        var run = Assert.IsType<RunInstruction>(
            DockerfileParser.ParseInstruction("RUN --mount=type=cache,target=$dir,sharing=$how x"));

        var mount = Assert.Single(run.Mounts(value => value.Replace("$dir", "/d").Replace("$how", "private")));

        Assert.Equal(("/d", CacheSharing.Private), (mount.Target, mount.Sharing));
    }

    private static string Show(RunMount mount) => string.Join(' ', new string?[]
    {
        mount.Type.ToString(),
        mount.From is null && mount.Source is null ? "" : $"{mount.From}:{mount.Source}".TrimEnd(':') is var path
            && mount.From is null ? $":{mount.Source}" : path,
        mount.Target ?? "",
        $"ro={mount.ReadOnly}",
        mount.Id,
        mount.Sharing is CacheSharing.Shared ? null : mount.Sharing.ToString(),
        mount.Required ? "required" : null,
        mount.SizeBytes > 0 ? $"{mount.SizeBytes}" : null,
        mount.Env is null ? null : $"env={mount.Env}",
        mount.Mode?.ToString(), mount.Uid?.ToString(), mount.Gid?.ToString(),
    }.Where(part => part is not null));
}
