//go:build tools

// Package fabric25 pins the commands of Hyperledger Fabric v2.5.0, every byte of them, by go.sum.
package fabric25

import (
	_ "github.com/hyperledger/fabric/cmd/configtxgen"
	_ "github.com/hyperledger/fabric/cmd/orderer"
	_ "github.com/hyperledger/fabric/cmd/osnadmin"
	_ "github.com/hyperledger/fabric/cmd/peer"
)
