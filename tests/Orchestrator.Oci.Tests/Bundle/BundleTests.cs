using System.Text.Json;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Tests.Bundle;

public sealed class BundleTests
{
    [Fact]
    public void The_default_spec_survives_the_disk()
    {
        var directory = Directory.CreateTempSubdirectory("orch-bundle").FullName;
        var spec = ContainerDefaults.Spec("rootfs", ["sh", "-c", "true"], "/orch/x", "/run/netns/x");

        BundleDirectory.Write(directory, spec);
        var read = BundleDirectory.Read(directory);

        Assert.Equal(Json(spec), Json(read));
        Assert.Equal("/run/netns/x", Assert.Single(read.Linux!.Namespaces!, n => n.Type == "network").Path);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_defaults_are_dockers_fourteen_capabilities()
    {
        Assert.Equal(14, ContainerDefaults.Capabilities.Distinct().Count());
        Assert.DoesNotContain("CAP_SYS_ADMIN", ContainerDefaults.Capabilities);
    }

    [Fact]
    public void A_config_of_runc_is_read_with_the_names_of_the_specification()
    {
        const string config = """
            {"ociVersion":"1.0.2","process":{"user":{"uid":5,"gid":6,"additionalGids":[7]},"args":["a"],"cwd":"/",
             "rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}],"noNewPrivileges":true},
             "root":{"path":"rootfs","readonly":true},"linux":{"resources":{"memory":{"limit":1,"disableOOMKiller":true}},
             "seccomp":{"defaultAction":"x"}}}
            """;

        var spec = JsonSerializer.Deserialize(config, BundleJson.Default.RuntimeSpec)!;

        Assert.Equal(5u, spec.Process!.User.Uid);
        Assert.Equal(7u, Assert.Single(spec.Process.User.AdditionalGids!));
        Assert.Equal(RlimitSpec.Unlimited, spec.Process.Rlimits![0].Hard);
        Assert.True(spec.Root!.Readonly);
        Assert.True(spec.Linux!.Resources!.Memory!.DisableOOMKiller);
    }

    [Fact]
    public void A_directory_without_config_says_what_is_missing()
    {
        var error = Assert.Throws<FileNotFoundException>(() => BundleDirectory.Read("/nonexistent"));

        Assert.Contains("no config.json in bundle /nonexistent", error.Message, StringComparison.Ordinal);
    }

    private static string Json(RuntimeSpec spec) => JsonSerializer.Serialize(spec, BundleJson.Default.RuntimeSpec);
}
