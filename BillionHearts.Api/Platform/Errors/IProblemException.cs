using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>An exception that says which problem the client is answered with.</summary>
internal interface IProblemException
{
    Problem Problem { get; }
}
