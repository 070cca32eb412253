namespace Orchestrator.Model.Tests.Errors;

public sealed class UserExceptionTests
{
    [Theory]
    [InlineData("port 80 is taken", "Publish another.", "port 80 is taken. Publish another.")]
    [InlineData("Port 80 is taken.", "Publish another.", "Port 80 is taken. Publish another.")]
    [InlineData("no leader (2 of 3 down)", "Start one.", "no leader (2 of 3 down). Start one.")]
    [InlineData("cannot reach [::1]", "Start it.", "cannot reach [::1]. Start it.")]
    [InlineData("no such service: \"web\"", "List them.", "no such service: \"web\". List them.")]
    [InlineData("no such service", "", "no such service")]
    public void What_happened_and_what_to_do_are_two_sentences_on_one_line(string what, string remedy, string message)
    {
        var error = new UserException(ErrorCode.Unknown, what, remedy);

        Assert.Equal(message, error.Message);
        Assert.Equal((what, remedy), (error.What, error.Remedy));
    }

    [Fact]
    public void What_was_not_found_is_named_with_the_command_that_lists_its_kind()
    {
        var error = UserException.NotFound("service", "web");

        Assert.Equal(ErrorCode.NotFound, error.Code);
        Assert.Equal("service web not found. List what is there: orch service ls", error.Message);
    }
}
