// The yardstick of the benchmark: the smallest chaincode on Hyperledger's own shim for Go.
//
// It does what tests/network/plain_contract.py does on ours: `put` reads one key and writes one,
// `get` reads one. It finds its settings in the CHAINCODE_… variables that network/roster.py sets.
package main

import (
	"log"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

type plainContract struct{}

// Init is never called: the definition asks for no initialisation.
func (plainContract) Init(shim.ChaincodeStubInterface) *peer.Response {
	return shim.Success(nil)
}

// Invoke runs one transaction.
func (plainContract) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	function, args := stub.GetFunctionAndParameters()
	switch {
	case function == "put" && len(args) == 2:
		if _, err := stub.GetState(args[0]); err != nil {
			return shim.Error(err.Error())
		}
		if err := stub.PutState(args[0], []byte(args[1])); err != nil {
			return shim.Error(err.Error())
		}
		return shim.Success([]byte("put"))
	case function == "get" && len(args) == 1:
		value, err := stub.GetState(args[0])
		if err != nil {
			return shim.Error(err.Error())
		}
		if value == nil {
			value = []byte("nothing")
		}
		return shim.Success(value)
	}
	return &peer.Response{Status: 400, Message: "NO_SUCH_FUNCTION"}
}

func read(variable string) []byte {
	content, err := os.ReadFile(os.Getenv(variable))
	if err != nil {
		log.Fatalf("%s: %v", variable, err)
	}
	return content
}

func main() {
	server := shim.ChaincodeServer{
		CCID:    os.Getenv("CHAINCODE_ID"),
		Address: os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:      plainContract{},
		TLSProps: shim.TLSProperties{
			Key:           read("CHAINCODE_TLS_KEY_FILE"),
			Cert:          read("CHAINCODE_TLS_CERT_FILE"),
			ClientCACerts: read("CHAINCODE_CLIENT_CA_FILE"),
		},
	}
	log.Fatal(server.Start())
}
