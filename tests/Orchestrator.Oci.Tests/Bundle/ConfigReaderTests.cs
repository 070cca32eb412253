using System.Text;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Tests.Bundle;

public sealed class ConfigReaderTests
{
    [Theory]
    [InlineData("""{"process":{"args":"sh"}}""", "process.args: is of the wrong kind, or out of range (line 1)")]
    [InlineData("""{"process":{"args":["sh",null]}}""", "process.args[1]: may not be null")]
    [InlineData("""{"process":{"args":["a\u0000b"]}}""", "process.args[0]: has a zero byte")]
    [InlineData("""{"process":{"user":{"uid":-1}}}""", "process.user.uid: is of the wrong kind, or out of range (line 1)")]
    [InlineData("""{"process":{"user":null}}""", "process.user: may not be null (line 1)")]
    [InlineData("""{"linux":{"namespaces":[{"type":"pid"},{"type":7}]}}""",
        "linux.namespaces[1].type: is of the wrong kind, or out of range (line 1)")]
    [InlineData("""{"linux":{"namespaces":[{"path":"/x"}]}}""", "linux.namespaces[0]: lacks type (line 1)")]
    [InlineData("""{"mounts":[{"source":"x"}]}""", "mounts[0]: lacks destination (line 1)")]
    [InlineData("{\n\"hostname\": \"x\",\n\"mounts\": [", "mounts[0]: is no JSON from here on (line 3)")]
    [InlineData("""{"annotations":{"a\u0000b":"c"}}""", "annotations.a?b: its name has a zero byte")]
    [InlineData("null", "is null")]
    [InlineData("", "is no JSON from here on (line 1)")]
    public void What_is_wrong_is_told_with_the_fields_name(string json, string expected) =>
        Assert.Equal(expected, Fault(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_file_that_could_fill_memory_is_not_read()
    {
        var json = Encoding.UTF8.GetBytes("{\"hostname\":\"" + new string('x', 10 << 20) + "\"}");

        Assert.Contains("bytes long; at most 4194304 are read", Fault(json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_of_the_byte_order_is_passed_over() =>
        Assert.Equal("x", ConfigReader.Read("\uFEFF{\"hostname\":\"x\"}"u8, BundleJson.Default.RuntimeSpec).Hostname);

    private static string Fault(byte[] json) =>
        Assert.Throws<InvalidDataException>(() => ConfigReader.Read(json, BundleJson.Default.RuntimeSpec)).Message;
}
